select
    local_authority_code,
    exported_date,
    source_system,
    survey_code,
    survey_version,
    question_code,
    question_text,
    definition_text,
    respondent_type_code,
    outcome_id,
    response_scale_code,
    positive_answer_codes,
    minimum_age,
    maximum_age,
    asked_of_text,
    valid_from_date,
    valid_to_date,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('local__survey_questions') }}
