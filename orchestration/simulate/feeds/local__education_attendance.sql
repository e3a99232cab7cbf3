select
    getvariable('authority') as la_code,
    getvariable('exported_on') as extract_date,
    'education_system' as source_system,
    records.person_id as child_id,
    children.upn,
    records.setting_urn,
    records.academic_year,
    records.term_code,
    records.sessions_possible,
    records.sessions_authorised,
    records.sessions_unauthorised
from world.education_attendance as records
left join world.children on records.person_id = children.person_id
    and records.local_authority_code = children.local_authority_code
where records.local_authority_code = getvariable('authority')
order by records.person_id, records.setting_urn, records.academic_year, records.term_code
