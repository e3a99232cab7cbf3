select
    getvariable('authority') as la_code,
    getvariable('exported_on') as extract_date,
    'education_system' as source_system,
    records.enrolment_id,
    records.person_id as child_id,
    children.upn,
    records.setting_urn,
    records.setting_type_code,
    records.year_group_code,
    records.entry_date,
    records.leaving_date,
    records.leaving_reason_code,
    records.funded_weekly_hours,
    records.sen_provision_code,
    records.young_carer_code
from world.education_enrolments as records
left join world.children on records.person_id = children.person_id
    and records.local_authority_code = children.local_authority_code
where records.local_authority_code = getvariable('authority')
order by records.enrolment_id
