select
    getvariable('authority') as la_code,
    getvariable('exported_on') as extract_date,
    'learning_system' as source_system,
    records.worker_credential_id,
    records.worker_id,
    records.credential_code,
    records.credential_level,
    records.awarded_date,
    records.expiry_date
from world.staff_qualifications as records
where records.local_authority_code = getvariable('authority')
order by records.worker_credential_id
