select
    getvariable('authority') as la_code,
    getvariable('exported_on') as extract_date,
    'kept_by_hand' as source_system,
    records.story_note_id,
    records.note_type_code,
    records.indicator_id,
    records.outcome_id,
    records.service_code,
    records.period_end_date,
    records.note_date,
    records.factor_direction_code,
    records.evidence_source_code,
    records.author_role,
    records.note_text,
    records.link_text
from world.story_notes as records
where records.local_authority_code = getvariable('authority')
order by records.story_note_id
