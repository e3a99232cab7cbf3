select
    getvariable('authority') as la_code,
    getvariable('exported_on') as extract_date,
    'education_system' as source_system,
    records.exclusion_id,
    records.person_id as child_id,
    children.upn,
    records.setting_urn,
    records.exclusion_start_date,
    records.exclusion_category_code,
    records.exclusion_reason_code,
    records.sessions_lost
from world.education_exclusions as records
left join world.children on records.person_id = children.person_id
    and records.local_authority_code = children.local_authority_code
where records.local_authority_code = getvariable('authority')
order by records.exclusion_id
