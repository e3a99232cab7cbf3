select
    getvariable('authority') as la_code,
    getvariable('exported_on') as extract_date,
    'kept_by_hand' as source_system,
    records.target_id,
    records.indicator_id,
    records.target_type_code,
    records.list_name,
    records.scope_code,
    records.service_code,
    records.team_id,
    records.target_value,
    records.lower_value,
    records.upper_value,
    records.valid_from_date,
    records.valid_to_date,
    records.owner_role,
    records.reason_text,
    records.behaviour_note
from world.targets as records
where records.local_authority_code = getvariable('authority')
order by records.target_id
