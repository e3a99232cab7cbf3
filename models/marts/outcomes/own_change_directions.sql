{{ config(materialized='ephemeral', contract={'enforced': false}) }}

with parameters as (
    select
        {{ parameter_columns(['own_change_minimum_n', 'own_change_p', 'added_value_minimum_n']) }}
    from {{ ref('method_parameters') }}
),

counted as (
    select
        indicator_id,
        local_authority_code,
        period_id,
        count(*) as n_known,
        count(*) filter (where change_on_baseline > 0) as n_better,
        count(*) filter (where change_on_baseline < 0) as n_worse
    from {{ ref('measure_records') }}
    where period_type = 'year' and denominator_flag = 1 and change_on_baseline is not null
    group by indicator_id, local_authority_code, period_id
),

-- What cannot be met is no row here: the next way of telling a direction is tried.
enough as (
    select counted.*
    from counted
    cross join parameters
    where counted.n_known >= parameters.own_change_minimum_n
),

changed as (
    select distinct
        n_better + n_worse as changers,
        least(n_better, n_worse) as rarer
    from enough
),

{{ exact_probabilities('changed') }},

signs as (
    select
        enough.indicator_id,
        enough.local_authority_code,
        enough.period_id,
        case
            when exact.p_value >= parameters.own_change_p then 'STA'
            when enough.n_better > enough.n_worse then 'IMP'
            else 'DET'
        end as direction
    from enough
    inner join exact
        on enough.n_better + enough.n_worse = exact.changers
        and least(enough.n_better, enough.n_worse) = exact.rarer
    cross join parameters
),

-- The score added to what was expected, of the scale that the indicator reads.
added as (
    select
        indicators.indicator_id,
        summaries.local_authority_code,
        summaries.period_id,
        case
            when summaries.added_value_lower95 > 0 then 'IMP'
            when summaries.added_value_upper95 < 0 then 'DET'
            else 'STA'
        end as direction
    from {{ ref('progress_summaries') }} as summaries
    inner join {{ ref('later_score_indicators') }} as scales
        on summaries.measure_code = scales.score_measure_code
    inner join {{ ref('indicators') }} as indicators
        on scales.measure_code = indicators.measure_code
    cross join parameters
    where summaries.breakdown = 'all'
        and summaries.period_type = 'year'
        and summaries.n_added_value >= parameters.added_value_minimum_n
),

found as (
    select
        coalesce(added.indicator_id, signs.indicator_id) as indicator_id,
        coalesce(added.local_authority_code, signs.local_authority_code)
            as local_authority_code,
        coalesce(added.period_id, signs.period_id) as period_id,
        case when added.indicator_id is null then 'OWN_BASELINE' else 'ADDED_VALUE' end
            as direction_method,
        coalesce(added.direction, signs.direction) as direction
    from added
    full outer join signs
        on added.indicator_id = signs.indicator_id
        and added.local_authority_code = signs.local_authority_code
        and added.period_id = signs.period_id
)

select
    found.indicator_id,
    found.local_authority_code,
    found.period_id,
    found.direction_method,
    found.direction,
    coalesce(
        indicators.data_type = 'individual_progress'
        or survey_measures.contrary_answer_codes is not null,
        false
    ) as is_read_first
from found
inner join {{ ref('indicators') }} as indicators
    on found.indicator_id = indicators.indicator_id
left join {{ ref('survey_measures') }} as survey_measures
    on indicators.measure_code = survey_measures.measure_code
