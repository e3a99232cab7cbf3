select
    getvariable('authority') as la_code,
    getvariable('exported_on') as extract_date,
    'board_office' as source_system,
    records.instrument_code,
    records.standard_code,
    records.area_number,
    records.vision_heading_code,
    records.assessment_date,
    records.rater_code,
    records.is_applicable,
    records.grade,
    records.evidence_text,
    records.author_role
from world.self_evaluation as records
where records.local_authority_code = getvariable('authority')
order by records.instrument_code, records.standard_code, records.rater_code, records.assessment_date
