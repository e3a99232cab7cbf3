{% set strata = ['age_band', 'sex'] %}
with parameters as (
    select
        {{ parameter_columns([
            'z95', 'survey_minimum_n', 'stratum_minimum_n', 'largest_survey_weight',
        ]) }}
    from {{ ref('method_parameters') }}
),

-- Of one person's answers to a question in the year, the latest that can be scored, else the latest.
answered as (
    select
        answers.*,
        years.period_id,
        years.period_start,
        years.period_end,
        children.sex,
        age_bands.age_band
    from {{ ref('int_scored_answers') }} as answers
    inner join {{ ref('periods') }} as years
        on years.period_type = 'year'
        and answers.completed_date between years.period_start and years.period_end
    left join {{ ref('int_children') }} as children
        on answers.local_authority_code = children.local_authority_code
        and {{ key_if("answers.respondent_type_code = 'child'", 'answers.child_id') }}
        = children.child_id
    left join {{ ref('age_bands') }} as age_bands
        on {{ age_on('children.date_of_birth', 'answers.completed_date') }}
        between age_bands.age_from and age_bands.age_to
    qualify row_number() over (
        partition by
            answers.local_authority_code, years.period_id, answers.survey_code,
            answers.questionnaire_type_code, answers.respondent_type_code,
            answers.question_code, answers.subject_key
        order by answers.is_scored desc, answers.completed_date desc, answers.response_id desc
    ) = 1
),

counted as (
    select
        local_authority_code,
        period_id,
        period_start,
        period_end,
        survey_code,
        questionnaire_type_code,
        respondent_type_code,
        question_code,
        count(*) as n_answered,
        count(*) filter (where is_scored) as n_scored,
        count(*) filter (where is_positive) as n_positive
    from answered
    group by all
),

responses as (
    select * from {{ ref('survey_responses') }}
),

-- ---- weights: who was asked, and who answered, by one thing known of both ----
strata as (
    {%- for stratum in strata %}
    select
        {{ loop.index }} as stratum_order,
        '{{ stratum }}' as stratum,
        responses.breakdown_value as cell,
        counted.local_authority_code,
        counted.period_id,
        counted.survey_code,
        counted.questionnaire_type_code,
        counted.respondent_type_code,
        counted.question_code,
        responses.n_invited + responses.n_left_out as people,
        0 as answers,
        0 as positives
    from counted
    inner join responses
        on counted.local_authority_code = responses.local_authority_code
        and counted.period_id = responses.period_id
        and counted.survey_code = responses.survey_code
        and counted.questionnaire_type_code = responses.questionnaire_type_code
        and counted.respondent_type_code = responses.respondent_type_code
        and responses.breakdown = '{{ stratum }}'
    union all
    select
        {{ loop.index }} as stratum_order,
        '{{ stratum }}' as stratum,
        coalesce({{ stratum }}, 'Not known') as cell,
        local_authority_code,
        period_id,
        survey_code,
        questionnaire_type_code,
        respondent_type_code,
        question_code,
        0 as people,
        1 as answers,
        case when is_positive then 1 else 0 end as positives
    from answered
    where is_scored
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

cells as (
    select
        stratum_order,
        stratum,
        cell,
        local_authority_code,
        period_id,
        survey_code,
        questionnaire_type_code,
        respondent_type_code,
        question_code,
        sum(people) as people,
        sum(answers) as answers,
        sum(positives) as positives
    from strata
    group by all
),

-- Cells with too few answers are joined to one.
joined as (
    select
        cells.stratum_order,
        cells.stratum,
        case when cells.answers >= parameters.stratum_minimum_n then cells.cell else 'joined' end
            as cell,
        cells.local_authority_code,
        cells.period_id,
        cells.survey_code,
        cells.questionnaire_type_code,
        cells.respondent_type_code,
        cells.question_code,
        parameters.stratum_minimum_n,
        parameters.largest_survey_weight,
        sum(cells.people) as people,
        sum(cells.answers) as answers,
        sum(cells.positives) as positives
    from cells
    cross join parameters
    group by all
),

totalled as (
    select
        *,
        sum(people) over question as all_people,
        sum(answers) over question as all_answers,
        min(answers) over question >= stratum_minimum_n
        -- More answers than people in a cell: they are not the people of the list.
        and min(people - answers) over question >= 0
        and count(*) over question > 1 as is_sound
    from joined
    window question as (
        partition by
            stratum, local_authority_code, period_id, survey_code, questionnaire_type_code,
            respondent_type_code, question_code
    )
),

weighted_cells as (
    select
        *,
        {{ poststratification_weight(
            'people', 'answers', 'all_people', 'all_answers', 'largest_survey_weight'
        ) }} as weight
    from totalled
    where is_sound
),

weighted as (
    select
        stratum,
        local_authority_code,
        period_id,
        survey_code,
        questionnaire_type_code,
        respondent_type_code,
        question_code,
        sum(weight * positives) / sum(weight * answers) as weighted_share,
        {{ effective_n('sum(weight * answers)', 'sum(weight * weight * answers)') }} as n_eff
    from weighted_cells
    group by
        stratum_order, stratum, local_authority_code, period_id, survey_code,
        questionnaire_type_code, respondent_type_code, question_code
    qualify row_number() over (
        partition by
            local_authority_code, period_id, survey_code, questionnaire_type_code,
            respondent_type_code, question_code
        order by stratum_order
    ) = 1
),

based as (
    select
        counted.*,
        parameters.*,
        responses.n_eligible,
        responses.n_invited,
        responses.n_responded,
        weighted.stratum,
        weighted.weighted_share,
        weighted.n_eff,
        cast(counted.n_positive as double) / nullif(counted.n_scored, 0) as positive_share,
        case
            when responses.n_eligible is null or counted.n_scored > responses.n_eligible
                then 'population_not_known'
            when counted.n_scored = responses.n_eligible then 'census'
            else 'sample'
        end as basis
    from counted
    cross join parameters
    left join responses
        on counted.local_authority_code = responses.local_authority_code
        and counted.period_id = responses.period_id
        and counted.survey_code = responses.survey_code
        and counted.questionnaire_type_code = responses.questionnaire_type_code
        and counted.respondent_type_code = responses.respondent_type_code
        and responses.breakdown = 'all'
    left join weighted
        on counted.local_authority_code = weighted.local_authority_code
        and counted.period_id = weighted.period_id
        and counted.survey_code = weighted.survey_code
        and counted.questionnaire_type_code = weighted.questionnaire_type_code
        and counted.respondent_type_code = weighted.respondent_type_code
        and counted.question_code = weighted.question_code
),

sized as (
    select
        *,
        -- So many answers of a large population would say as much; none where everybody answered.
        case basis
            when 'sample' then {{ finite_population_n('n_scored', 'n_scored', 'n_eligible') }}
            when 'population_not_known' then cast(n_scored as double)
        end as n_star,
        case basis
            when 'sample' then {{ finite_population_n('n_eff', 'n_scored', 'n_eligible') }}
            when 'population_not_known' then n_eff
        end as weighted_n_star,
        n_scored >= survey_minimum_n as has_percentage
    from based
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
    n_eligible,
    n_invited,
    n_responded,
    cast(n_answered as bigint) as n_answered,
    cast(n_answered - n_scored as bigint) as n_not_said,
    cast(n_scored as bigint) as n_scored,
    cast(n_positive as bigint) as n_positive,
    basis,
    case when has_percentage then {{ settled('100 * positive_share') }} end as value,
    case
        when has_percentage
            then {{ settled('100 * (' ~ wilson_lower('positive_share * n_star', 'n_star', 'z95') ~ ')') }}
    end as lower95,
    case
        when has_percentage
            then {{ settled('100 * (' ~ wilson_upper('positive_share * n_star', 'n_star', 'z95') ~ ')') }}
    end as upper95,
    case when has_percentage then stratum end as weighted_by,
    case when has_percentage then {{ settled('n_eff') }} end as n_eff,
    case when has_percentage then {{ settled('100 * weighted_share') }} end as weighted_value,
    case
        when has_percentage
            then {{ settled(
                '100 * (' ~ wilson_lower('weighted_share * weighted_n_star', 'weighted_n_star', 'z95')
                ~ ')'
            ) }}
    end as weighted_lower95,
    case
        when has_percentage
            then {{ settled(
                '100 * (' ~ wilson_upper('weighted_share * weighted_n_star', 'weighted_n_star', 'z95')
                ~ ')'
            ) }}
    end as weighted_upper95,
    {{ as_at_date() }} as as_at_date,
    parameter_version
from sized
