select
    getvariable('authority') as la_code,
    getvariable('exported_on') as extract_date,
    'survey_tool' as source_system,
    records.survey_code,
    records.survey_version,
    records.question_code,
    records.question_text,
    records.definition_text,
    records.respondent_type_code,
    records.outcome_id,
    records.response_scale_code,
    records.positive_answer_codes,
    records.minimum_age,
    records.maximum_age,
    records.asked_of_text,
    records.valid_from_date,
    records.valid_to_date
from world.survey_questions as records
where records.local_authority_code = getvariable('authority')
order by records.survey_code, records.survey_version, records.question_code
