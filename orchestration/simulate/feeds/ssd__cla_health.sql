select
    checks.health_check_id as clah_health_check_id,
    children.person_id as clah_person_id,
    case checks.check_type_code
        when 'initial' then 'Initial health assessment'
        when 'review' then 'Review health assessment'
        when 'dental' then 'Dental check'
        when 'immunisation' then 'Immunisations'
        when 'vision' then 'Optician check'
        when 'developmental' then 'Development check'
        else checks.check_type_code
    end as clah_health_check_type,
    known(checks.check_date) as clah_health_check_date,
    case
        when known(checks.check_date) is null and checks.check_status_code = 'completed'
            then 'planned'
        else checks.check_status_code
    end as clah_health_check_status
from world.health_checks as checks
inner join children_known() as children on checks.child_id = children.child_id
where on_day(coalesce(checks.check_date, checks.due_date))
order by clah_health_check_id
