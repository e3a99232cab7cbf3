select
    getvariable('authority') as la_code,
    getvariable('exported_on') as extract_date,
    'programme_system' as source_system,
    records.participation_id,
    records.service_code,
    records.family_id,
    records.person_id,
    children.person_id as child_id,
    records.worker_id,
    records.delivery_model_code,
    records.referral_source_code,
    records.referral_date,
    records.offered_date,
    records.start_date,
    records.end_date,
    records.end_reason_code,
    records.sessions_offered_count,
    records.sessions_attended_count
from world.programme_participation as records
left join world.children on records.child_id = children.child_id
where records.local_authority_code = getvariable('authority')
order by records.participation_id
