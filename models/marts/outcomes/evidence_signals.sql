{{ config(materialized='ephemeral', contract={'enforced': false}) }}

with parameters as (
    select
        {{ parameter_columns([
            'z95', 'difference_minimum_n', 'steady_minimum_n', 'level_minimum_n',
            'year_cycle_months',
        ]) }}
    from {{ ref('method_parameters') }}
),

-- What the values do not carry: the spread behind a mean, and the systems the evidence is from.
-- The size of a population says nothing of the outcome, so its source is not counted.
behind as (
    select
        indicator_id,
        local_authority_code,
        period_id,
        stddev_samp(value) as value_spread,
        {{ join_codes('source_id') }} as source_id
    from {{ ref('measure_records') }}
    where period_type = 'year' and denominator_flag = 1 and subject_type <> 'population'
    group by indicator_id, local_authority_code, period_id
),

yearly as (
    select
        indicator_values.indicator_id,
        indicator_values.local_authority_code,
        indicator_values.period_id,
        indicator_values.period_end,
        indicator_values.measure_type,
        indicator_values.numerator,
        indicator_values.n_denominator,
        indicator_values.value,
        indicator_values.lower95,
        indicator_values.upper95,
        indicator_values.coverage,
        indicator_values.symbol,
        indicator_values.dq_grade,
        indicator_values.as_at_date,
        periods.reporting_year,
        indicators.polarity,
        indicators.band_low,
        indicators.band_high,
        behind.value_spread,
        behind.source_id,
        -- A rate or count rests on its events: a large population makes no small count safe.
        cast(
            case
                when indicator_values.measure_type in ('rate', 'count')
                    then indicator_values.numerator
                when indicators.unknown_policy = 'COUNT_AS_NOT_ACHIEVED'
                    then indicator_values.n_denominator
                else indicator_values.n_known
            end as bigint
        ) as n,
        case
            when indicators.polarity = 'target_band' then {{ band_code(
                'indicator_values.value', 'indicator_values.lower95',
                'indicator_values.upper95', 'indicators.band_low', 'indicators.band_high'
            ) }}
        end as band_code
    from {{ ref('indicator_values') }} as indicator_values
    inner join {{ ref('periods') }} as periods
        on indicator_values.period_id = periods.period_id
    inner join {{ ref('indicators') }} as indicators
        on indicator_values.indicator_id = indicators.indicator_id
    left join behind
        on indicator_values.indicator_id = behind.indicator_id
        and indicator_values.local_authority_code = behind.local_authority_code
        and indicator_values.period_id = behind.period_id
    where indicator_values.breakdown = 'all'
        and indicator_values.period_type = 'year'
        and indicator_values.value is not null
),

compared as (
    select
        recent.*,
        earlier.n as n_previous,
        case when recent.measure_type in ('rate', 'count') then 1 else 0 end as no_change,
        case
            when recent.measure_type = 'proportion' then {{ newcombe_lower(
                'recent.value', 'recent.lower95', 'recent.upper95',
                'earlier.value', 'earlier.lower95', 'earlier.upper95'
            ) }}
            when recent.measure_type = 'rate' then {{ rate_ratio_lower(
                'recent.numerator', 'recent.n_denominator',
                'earlier.numerator', 'earlier.n_denominator', 'parameters.z95'
            ) }}
            when recent.measure_type = 'count' then {{ rate_ratio_lower(
                'recent.numerator', '1', 'earlier.numerator', '1', 'parameters.z95'
            ) }}
            when recent.measure_type = 'mean' then recent.value - earlier.value - {{ welch_margin(
                'recent.value_spread', 'recent.n',
                'earlier.value_spread', 'earlier.n', 'parameters.z95'
            ) }}
        end as difference_lower,
        case
            when recent.measure_type = 'proportion' then {{ newcombe_upper(
                'recent.value', 'recent.lower95', 'recent.upper95',
                'earlier.value', 'earlier.lower95', 'earlier.upper95'
            ) }}
            when recent.measure_type = 'rate' then {{ rate_ratio_upper(
                'recent.numerator', 'recent.n_denominator',
                'earlier.numerator', 'earlier.n_denominator', 'parameters.z95'
            ) }}
            when recent.measure_type = 'count' then {{ rate_ratio_upper(
                'recent.numerator', '1', 'earlier.numerator', '1', 'parameters.z95'
            ) }}
            when recent.measure_type = 'mean' then recent.value - earlier.value + {{ welch_margin(
                'recent.value_spread', 'recent.n',
                'earlier.value_spread', 'earlier.n', 'parameters.z95'
            ) }}
        end as difference_upper,
        case
            when recent.polarity = 'higher_better' then 1
            when recent.polarity = 'lower_better' then -1
            -- Nearer the band is better, whichever way the value had to move to get there.
            when recent.band_code is not null then sign(
                {{ band_distance('earlier.value', 'recent.band_low', 'recent.band_high') }}
                - {{ band_distance('recent.value', 'recent.band_low', 'recent.band_high') }}
            ) * case when recent.value > earlier.value then 1 else -1 end
        end as better_when_higher
    from yearly as recent
    cross join parameters
    left join yearly as earlier
        on recent.indicator_id = earlier.indicator_id
        and recent.local_authority_code = earlier.local_authority_code
        and recent.reporting_year = earlier.reporting_year + 1
)

select
    chosen.outcome_id,
    compared.local_authority_code,
    compared.period_id,
    compared.indicator_id,
    chosen.data_type,
    chosen.item_order,
    chosen.pair_code,
    compared.value,
    compared.n,
    compared.symbol,
    {{ two_period_direction(
        'compared.difference_lower', 'compared.difference_upper', 'compared.no_change',
        'compared.n', 'compared.n_previous', 'compared.better_when_higher',
        'parameters.difference_minimum_n', 'parameters.steady_minimum_n'
    ) }} as direction,
    case
        when compared.n < parameters.level_minimum_n or compared.band_code is null then 'UNK'
        when compared.band_code in ('BELOW_CLEAR', 'ABOVE_CLEAR') then 'WOR'
        when compared.band_code = 'IN_BAND'
            and compared.lower95 >= coalesce(compared.band_low, compared.lower95)
            and compared.upper95 <= coalesce(compared.band_high, compared.upper95) then 'BET'
        else 'SIM'
    end as level,
    compared.band_code,
    compared.polarity = 'context_only' as is_context_only,
    compared.coverage,
    {{ whole_months(
        'compared.period_end', "cast('" ~ var('as_at_date') ~ "' as date)"
    ) }} as age_months,
    parameters.year_cycle_months as cycle_months,
    compared.dq_grade,
    compared.source_id,
    compared.as_at_date
from {{ ref('outcome_indicators') }} as chosen
inner join compared on chosen.indicator_id = compared.indicator_id
cross join parameters
