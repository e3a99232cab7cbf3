select
    getvariable('authority') as la_code,
    getvariable('exported_on') as extract_date,
    'contact_service' as source_system,
    records.contact_plan_id,
    children.person_id as child_id,
    records.contact_with_code,
    records.contact_mode_code,
    records.period_start_date,
    records.period_end_date,
    records.planned_count,
    records.held_count,
    records.not_held_reason_code
from world.family_contacts as records
left join world.children on records.child_id = children.child_id
where records.local_authority_code = getvariable('authority')
order by records.contact_plan_id, records.period_start_date
