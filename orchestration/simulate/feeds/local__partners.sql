select
    getvariable('authority') as la_code,
    getvariable('exported_on') as extract_date,
    'kept_by_hand' as source_system,
    records.partner_role_id,
    records.agency_code,
    records.outcome_id,
    records.indicator_id,
    records.service_code,
    records.role_text,
    records.start_date,
    records.end_date
from world.partners as records
where records.local_authority_code = getvariable('authority')
order by records.partner_role_id
