with parameters as (
    select {{ parameter_columns(['survey_minimum_n', 'mcnemar_exact_below']) }}
    from {{ ref('method_parameters') }}
),

-- A person who came to the end more than once in a year counts by the last time.
paired as (
    select
        pairs.*,
        years.period_id,
        years.period_start,
        years.period_end
    from {{ ref('int_survey_pairs') }} as pairs
    inner join {{ ref('periods') }} as years
        on years.period_type = 'year'
        and pairs.later_date between years.period_start and years.period_end
    qualify row_number() over (
        partition by
            pairs.local_authority_code, years.period_id, pairs.survey_code,
            pairs.earlier_questionnaire_type_code, pairs.later_questionnaire_type_code,
            pairs.respondent_type_code, pairs.question_code, pairs.subject_key
        order by pairs.later_date desc, pairs.later_response_id desc
    ) = 1
),

counted as (
    select
        local_authority_code,
        period_id,
        period_start,
        period_end,
        survey_code,
        earlier_questionnaire_type_code,
        later_questionnaire_type_code,
        respondent_type_code,
        question_code,
        count(*) as n_later,
        count(earlier_answer) as n_pairs,
        count(*) filter (where is_earlier_positive) as n_positive_earlier,
        count(*) filter (where is_later_positive and earlier_answer is not null)
            as n_positive_later,
        count(*) filter (where is_later_positive and not is_earlier_positive) as n_to_positive,
        count(*) filter (where is_earlier_positive and not is_later_positive)
            as n_to_not_positive,
        count(*) filter (where later_answer > earlier_answer) as n_higher,
        count(*) filter (where later_answer < earlier_answer) as n_lower
    from paired
    group by all
),

-- ---- the exact test: how likely so few, or fewer, would have gone the rarer way by chance ----
changed as (
    select
        n_to_positive + n_to_not_positive as changers,
        least(n_to_positive, n_to_not_positive) as rarer
    from counted
    union
    select
        n_higher + n_lower as changers,
        least(n_higher, n_lower) as rarer
    from counted
),

{{ exact_probabilities('changed') }},

tested as (
    select
        counted.*,
        parameters.*,
        counted.n_to_positive + counted.n_to_not_positive < parameters.mcnemar_exact_below
            as is_exact,
        power(abs(counted.n_to_positive - counted.n_to_not_positive) - 1, 2)
        / nullif(cast(counted.n_to_positive + counted.n_to_not_positive as double), 0)
            as statistic,
        mcnemar.p_value as exact_p_value,
        signs.p_value as sign_p_value
    from counted
    cross join parameters
    inner join exact as mcnemar
        on counted.n_to_positive + counted.n_to_not_positive = mcnemar.changers
        and least(counted.n_to_positive, counted.n_to_not_positive) = mcnemar.rarer
    inner join exact as signs
        on counted.n_higher + counted.n_lower = signs.changers
        and least(counted.n_higher, counted.n_lower) = signs.rarer
)

select
    local_authority_code,
    period_id,
    period_start,
    period_end,
    survey_code,
    earlier_questionnaire_type_code,
    later_questionnaire_type_code,
    respondent_type_code,
    question_code,
    cast(n_later as bigint) as n_later,
    cast(n_pairs as bigint) as n_pairs,
    cast(n_later - n_pairs as bigint) as n_without_earlier,
    cast(n_positive_earlier as bigint) as n_positive_earlier,
    cast(n_positive_later as bigint) as n_positive_later,
    cast(n_to_positive as bigint) as n_to_positive,
    cast(n_to_not_positive as bigint) as n_to_not_positive,
    cast(n_higher as bigint) as n_higher,
    cast(n_lower as bigint) as n_lower,
    cast(n_pairs - n_higher - n_lower as bigint) as n_same,
    case when n_pairs >= survey_minimum_n then {{ settled('100 * n_positive_earlier / n_pairs') }} end
        as value_earlier,
    case when n_pairs >= survey_minimum_n then {{ settled('100 * n_positive_later / n_pairs') }} end
        as value_later,
    case
        when n_pairs = 0 then null
        when is_exact then 'exact'
        else 'chi2_cc'
    end as mcnemar_method,
    case when n_pairs > 0 and not is_exact then {{ settled('statistic') }} end
        as mcnemar_statistic,
    case
        when n_pairs = 0 then null
        when is_exact then {{ settled('exact_p_value') }}
        else {{ settled(chi_square_probability('statistic')) }}
    end as mcnemar_p_value,
    case when n_pairs > 0 then {{ settled('sign_p_value') }} end as sign_p_value,
    {{ as_at_date() }} as as_at_date,
    parameter_version
from tested
