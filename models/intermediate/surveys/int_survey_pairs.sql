with scored as (
    select * from {{ ref('int_scored_answers') }}
    where is_scored
)

select
    later.local_authority_code,
    later.survey_code,
    pairs.earlier_questionnaire_type_code,
    pairs.later_questionnaire_type_code,
    later.respondent_type_code,
    later.question_code,
    later.subject_key,
    later.response_id as later_response_id,
    later.completed_date as later_date,
    cast(later.answer_code as integer) as later_answer,
    later.is_positive as is_later_positive,
    earlier.completed_date as earlier_date,
    cast(earlier.answer_code as integer) as earlier_answer,
    earlier.is_positive as is_earlier_positive
from scored as later
inner join {{ ref('survey_pairs') }} as pairs
    on later.questionnaire_type_code = pairs.later_questionnaire_type_code
left join scored as earlier
    on later.local_authority_code = earlier.local_authority_code
    and later.respondent_key = earlier.respondent_key
    and later.respondent_type_code = earlier.respondent_type_code
    and later.question_code = earlier.question_code
    and pairs.earlier_questionnaire_type_code = earlier.questionnaire_type_code
    and later.completed_date > earlier.completed_date
-- One's own start: the latest before the end.
qualify row_number() over (
    partition by
        later.local_authority_code, later.response_id, later.respondent_type_code,
        later.question_code, pairs.earlier_questionnaire_type_code
    order by earlier.completed_date desc nulls last, earlier.response_id desc
) = 1
