select
    answers.local_authority_code,
    answers.exported_date,
    answers.source_system,
    answers.response_id,
    answers.question_code,
    answers.answer_number,
    answers.survey_code,
    answers.survey_version,
    answers.questionnaire_type_code,
    answers.invitation_id,
    answers.respondent_key,
    answers.respondent_type_code,
    answers.person_key,
    identities.child_id,
    answers.age_years,
    answers.service_status_code,
    answers.service_code,
    answers.agency_code,
    answers.staff_group_code,
    answers.team_id,
    answers.completed_date,
    answers.processed_date,
    answers.method_code,
    answers.support_code,
    answers.is_advocate_only,
    answers.answer_code,
    answers.answer_value,
    answers.theme_code,
    answers.answer_text,
    answers.has_quote_consent,
    answers._file_sha256,
    answers._row_number
from {{ ref('stg_local__survey_responses') }} as answers
left join {{ ref('int_identities') }} as identities
    on identities.record_source = 'local'
    and answers.local_authority_code = identities.local_authority_code
    and answers.person_key = identities.person_key
-- An answer that came in several exports: the newest.
qualify row_number() over (
    partition by answers.local_authority_code, answers.response_id, answers.question_code,
    answers.answer_number
    order by
        answers.exported_date desc nulls last, answers._file_sha256 asc,
        answers._row_number desc
) = 1
