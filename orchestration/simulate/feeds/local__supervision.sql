select
    getvariable('authority') as la_code,
    getvariable('exported_on') as extract_date,
    'hr_system' as source_system,
    records.supervision_id,
    records.worker_id,
    records.supervisor_id,
    records.supervision_type_code,
    records.due_date,
    records.held_date,
    records.is_group_session
from world.supervision as records
where records.local_authority_code = getvariable('authority')
order by records.supervision_id, records.worker_id
