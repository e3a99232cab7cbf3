select
    getvariable('authority') as la_code,
    getvariable('exported_on') as extract_date,
    'kept_by_hand' as source_system,
    records.milestone_id,
    records.milestone_type_code,
    records.stage_code,
    records.judgement_code,
    records.title_text,
    records.indicator_id,
    records.service_code,
    records.zone_code,
    records.start_date,
    records.end_date
from world.milestones as records
where records.local_authority_code = getvariable('authority')
order by records.milestone_id
