-- Families of children known to the authority, and families a programme alone knows.
select
    getvariable('authority') as la_code,
    getvariable('exported_on') as extract_date,
    'case_system' as source_system,
    family_id,
    person_id,
    member_role_code,
    date_of_birth,
    joined_date,
    known(left_date) as left_date
from (
    select family_id, person_id, member_role_code, date_of_birth, joined_date, left_date, local_authority_code
    from world.family_members
    union all
    select family_id, person_id, member_role_code, date_of_birth, joined_date, left_date, local_authority_code
    from world.programme_family_members
)
where
    local_authority_code = getvariable('authority')
    and joined_date <= getvariable('as_known_on')
order by family_id, person_id, joined_date
