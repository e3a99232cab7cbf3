with question_bank as (
    select
        local_authority_code,
        survey_code,
        survey_version,
        question_code,
        positive_answer_codes
    from {{ ref('stg_local__survey_questions') }}
    -- Two senders may keep the same bank: the row of the later export counts.
    qualify row_number() over (
        partition by local_authority_code, survey_code, survey_version, question_code
        order by exported_date desc nulls last, _file_sha256 asc, _row_number desc
    ) = 1
)

select
    answers.local_authority_code,
    answers.survey_code,
    answers.survey_version,
    answers.questionnaire_type_code,
    answers.respondent_type_code,
    answers.question_code,
    answers.response_id,
    answers.completed_date,
    answers.respondent_key,
    -- A group or a nameless questionnaire has no person: each response stands for one.
    coalesce(answers.respondent_key, answers.response_id) as subject_key,
    answers.child_id,
    answers.answer_code,
    codes.code_group = 'valid' as is_scored,
    case
        when codes.code_group = 'valid'
            then {{ list_holds('question_bank.positive_answer_codes', 'answers.answer_code') }}
    end as is_positive
from {{ ref('int_survey_answers') }} as answers
inner join question_bank
    on answers.local_authority_code = question_bank.local_authority_code
    and answers.survey_code = question_bank.survey_code
    and answers.survey_version = question_bank.survey_version
    and answers.question_code = question_bank.question_code
    and question_bank.positive_answer_codes is not null
inner join {{ ref('codes') }} as codes
    on codes.code_set = 'survey_answer'
    and answers.answer_code = codes.code
-- A question that takes several answers is scored by the first.
qualify row_number() over (
    partition by
        answers.local_authority_code, answers.response_id, answers.respondent_type_code,
        answers.question_code
    order by answers.answer_number asc
) = 1
