{{ config(materialized='ephemeral', contract={'enforced': false}) }}

with parameters as (
    select {{ parameter_columns(['z95', 'z998']) }}
    from {{ ref('method_parameters') }}
),

-- What the values do not carry: the spread behind a mean.
spreads as (
    select
        indicator_id,
        local_authority_code,
        period_id,
        stddev_samp(value) as value_spread
    from {{ ref('measure_records') }}
    where denominator_flag = 1 and value is not null
    group by indicator_id, local_authority_code, period_id
),

figures as (
    select
        compared.*,
        spreads.value_spread
    from {{ ref('compared_figures') }} as compared
    left join spreads
        on compared.measure_type = 'mean'
        and compared.indicator_id = spreads.indicator_id
        and compared.local_authority_code = spreads.local_authority_code
        and compared.period_id = spreads.period_id
),

-- A changed definition is another series. Months and quarters of an event cohort look back over a
-- longer window, so that those next to each other share records.
pairs as (
    select
        recent.*,
        case
            when earlier.period_end = {{ day_before('recent.period_start') }}
                then 'previous_period'
            else 'year_before'
        end as comparator,
        earlier.period_id as comparator_period_id,
        earlier.value as earlier_value,
        earlier.numerator as earlier_numerator,
        earlier.n_denominator as earlier_denominator,
        earlier.n as earlier_n,
        earlier.value_spread as earlier_spread,
        {%- for limit in ['lower95', 'upper95', 'lower998', 'upper998'] %}
        earlier.{{ limit }} as earlier_{{ limit }},
        {%- endfor %}
        {{ better_when_higher(
            'recent.polarity', 'recent.value', 'earlier.value', 'recent.band_low',
            'recent.band_high'
        ) }} as better_now_when_higher
    from figures as recent
    inner join figures as earlier
        on recent.indicator_id = earlier.indicator_id
        and recent.indicator_version = earlier.indicator_version
        and recent.local_authority_code = earlier.local_authority_code
        and recent.period_type = earlier.period_type
        and (
            (
                earlier.period_end = {{ day_before('recent.period_start') }}
                and (recent.period_type = 'year' or not recent.is_event_cohort)
            )
            or (
                recent.period_type <> 'year'
                and earlier.period_start = {{ months_before('recent.period_start', 12) }}
            )
        )
),

-- The error of a difference of two means, and the degrees of freedom that it is known with.
errors as (
    select
        pairs.*,
        {{ welch_df(
            'pairs.value_spread', 'pairs.n', 'pairs.earlier_spread', 'pairs.earlier_n'
        ) }} as difference_df,
        sqrt(
            power(pairs.value_spread, 2) / pairs.n
            + power(pairs.earlier_spread, 2) / pairs.earlier_n
        ) as difference_error
    from pairs
),

margins as (
    select
        errors.*,
        parameters.*,
        {%- for level in ['95', '998'] %}
        case
            when errors.difference_error = 0 then cast(0 as double)
            else ({{ t_quantile('parameters.z' ~ level, 'errors.difference_df') }})
                * errors.difference_error
        end as margin{{ level }}{{ ',' if not loop.last }}
        {%- endfor %}
    from errors
    cross join parameters
)

select
    indicator_id,
    local_authority_code,
    period_id,
    comparator,
    comparator_period_id,
    earlier_value as comparator_value,
    earlier_n as comparator_n,
    better_now_when_higher,
    {%- for level in ['95', '998'] %}
    {%- for limit, newcombe, ratio, sign in [
        ('lower', newcombe_lower, rate_ratio_lower, '-'),
        ('upper', newcombe_upper, rate_ratio_upper, '+'),
    ] %}
    case measure_type
        when 'proportion' then {{ newcombe(
            'value', 'lower' ~ level, 'upper' ~ level,
            'earlier_value', 'earlier_lower' ~ level, 'earlier_upper' ~ level
        ) }}
        when 'rate' then {{ ratio(
            'numerator', 'n_denominator',
            'earlier_numerator', 'earlier_denominator', 'z' ~ level
        ) }}
        when 'count' then {{ ratio(
            'numerator', '1', 'earlier_numerator', '1', 'z' ~ level
        ) }}
        when 'mean' then value - earlier_value {{ sign }} margin{{ level }}
    end as difference_{{ limit }}{{ level }},
    {%- endfor %}
    {%- endfor %}
    case when measure_type in ('rate', 'count') then 1 else 0 end as no_change
from margins
