select
    row_number() over (order by members.family_id, members.person_id) as fami_table_id,
    'F' || members.family_id as fami_family_id,
    members.person_id as fami_person_id
from (
    select distinct family_id, person_id
    from world.family_members
    where
        local_authority_code = getvariable('authority')
        and joined_date <= getvariable('as_known_on')
        and family_id in (select family_id from children_known())
) as members
order by fami_table_id
