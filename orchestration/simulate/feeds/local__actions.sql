select
    getvariable('authority') as la_code,
    getvariable('exported_on') as extract_date,
    'kept_by_hand' as source_system,
    records.action_id,
    records.action_type_code,
    records.origin_type_code,
    records.origin_id,
    records.indicator_id,
    records.outcome_id,
    records.service_code,
    records.agency_code,
    records.theme_code,
    records.action_text,
    records.owner_role,
    records.start_date,
    records.due_date,
    records.completed_date,
    records.action_status_code,
    records.told_date,
    records.is_low_cost
from world.actions as records
where records.local_authority_code = getvariable('authority')
order by records.action_id
