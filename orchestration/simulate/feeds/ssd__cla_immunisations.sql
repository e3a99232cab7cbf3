-- The latest status of each child.
select
    children.person_id as clai_person_id,
    checks.is_up_to_date as clai_immunisations_status,
    checks.check_date as clai_immunisations_status_date
from world.health_checks as checks
inner join children_known() as children on checks.child_id = children.child_id
where
    checks.check_type_code = 'immunisation'
    and checks.is_up_to_date is not null
    and checks.check_date <= getvariable('as_known_on')
qualify
    row_number() over (
        partition by checks.child_id order by checks.check_date desc, checks.health_check_id desc
    ) = 1
order by clai_person_id
