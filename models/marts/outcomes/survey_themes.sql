with parameters as (
    select {{ parameter_columns(['theme_minimum_n']) }}
    from {{ ref('method_parameters') }}
),

named as (
    select
        answers.local_authority_code,
        years.period_id,
        years.period_start,
        years.period_end,
        answers.survey_code,
        answers.questionnaire_type_code,
        answers.respondent_type_code,
        answers.question_code,
        answers.theme_code,
        -- A group or a nameless questionnaire has no person: each response stands for one.
        count(distinct coalesce(answers.respondent_key, answers.response_id)) as respondent_count
    from {{ ref('int_survey_answers') }} as answers
    inner join {{ ref('periods') }} as years
        on years.period_type = 'year'
        and answers.completed_date between years.period_start and years.period_end
    where answers.theme_code is not null
    group by all
),

-- What too few people named is told only as so many themes.
shown as (
    select
        named.*,
        named.respondent_count >= parameters.theme_minimum_n as is_shown,
        parameters.parameter_version
    from named
    cross join parameters
)

select
    local_authority_code,
    period_id,
    period_start,
    period_end,
    survey_code,
    questionnaire_type_code,
    respondent_type_code,
    question_code,
    case when is_shown then theme_code else 'Named by too few' end as theme_code,
    cast(count(*) as bigint) as n_themes,
    case when is_shown then cast(max(respondent_count) as bigint) end as n_respondents,
    {{ as_at_date() }} as as_at_date,
    parameter_version
from shown
group by
    local_authority_code, period_id, period_start, period_end, survey_code,
    questionnaire_type_code, respondent_type_code, question_code, is_shown,
    case when is_shown then theme_code else 'Named by too few' end, parameter_version
