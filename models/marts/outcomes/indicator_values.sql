with parameters as (
    select
        {{ parameter_columns([
            'z95', 'z998', 'rate_multiplier', 'poisson_exact_below', 'mean_reliable_n',
            'mean_skew_limit', 'small_count', 'small_count_sensitive',
        ]) }}
    from {{ ref('method_parameters') }}
),

catalogue as (
    select
        indicators.indicator_id,
        indicators.indicator_version,
        indicators.unit,
        indicators.unknown_policy,
        -- The register files medians under means.
        case
            when indicators.unit = 'median' then 'median' else indicators.measure_type
        end as measure_type,
        case
            when sensitive.indicator_id is null
                then parameters.small_count
            else parameters.small_count_sensitive
        end as largest_small_count
    from {{ ref('indicators') }} as indicators
    cross join parameters
    left join {{ ref('sensitive_indicators') }} as sensitive
        on indicators.indicator_id = sensitive.indicator_id
),

{% set figure = ['indicator_id', 'local_authority_code', 'period_id'] -%}
{% set cell = figure + ['breakdown', 'breakdown_value'] -%}
sliced as (
    select
        records.indicator_id,
        records.local_authority_code,
        records.period_id,
        breakdowns.breakdown,
        coalesce(
            case breakdowns.breakdown
                when 'all' then 'all'
                {%- for breakdown, about in breakdowns().items() %}
                when '{{ breakdown }}' then records.{{ about.column }}
                {%- endfor %}
            end,
            'Not known'
        ) as breakdown_value,
        records.subject_type = 'population' as is_population,
        -- Of a ratio of people the numerator is counted, of one of hours or days added up.
        case
            when catalogue.measure_type = 'ratio'
                then coalesce(records.value, cast(records.numerator_flag as double))
        end as part,
        records.subject_type <> 'authority' as is_somebody,
        -- A family counts once under each delivery model, so only a model has a share of them.
        records.subject_type = 'family_in_model'
        and breakdowns.breakdown <> 'delivery_model' as is_of_no_model,
        records.denominator_flag,
        records.numerator_flag,
        records.value,
        records.exposure,
        records.weight,
        records.source_id,
        records.dq_grade,
        records.as_at_date,
        catalogue.measure_type,
        records.denominator_flag = 1 and case
            when catalogue.measure_type in ('mean', 'median') then records.value is not null
            when catalogue.measure_type in ('ratio', 'difference')
                then coalesce(records.value, records.numerator_flag) is not null
            else records.numerator_flag is not null
        end as is_known,
        -- n of the value: all in the denominator where the unknown count as not achieved.
        records.denominator_flag = 1 and case
            when catalogue.measure_type in ('mean', 'median') then records.value is not null
            when catalogue.measure_type in ('ratio', 'difference')
                then coalesce(records.value, records.numerator_flag) is not null
            when catalogue.unknown_policy = 'COUNT_AS_NOT_ACHIEVED' then true
            else records.numerator_flag is not null
        end as is_in_base
    from {{ ref('measure_records') }} as records
    inner join catalogue on records.indicator_id = catalogue.indicator_id
    -- A population is one row and cannot be sliced, nor can the parts of a ratio or the sides of a
    -- difference.
    inner join {{ breakdowns_given() }} as breakdowns
        on records.indicator_id = breakdowns.indicator_id
        and records.local_authority_code = breakdowns.local_authority_code
    where breakdowns.breakdown = 'all'
        or (
            (
                records.period_type <> 'month'
                or breakdowns.breakdown in {{ breakdowns_that('in_months') }}
            )
            and records.subject_type <> 'population'
            and catalogue.measure_type not in ('ratio', 'difference')
            and (
                catalogue.measure_type <> 'rate'
                or breakdowns.breakdown in {{ breakdowns_that('of_rates') }}
            )
        )
),

counted as (
    select
        {{ cell | join(', ') }},
        count(*) filter (where not is_population) as record_count,
        count(*) filter (where not is_population and denominator_flag = 0) as excluded_count,
        count(*) filter (where not is_population and denominator_flag = 1)
            as denominator_count,
        count(*) filter (where not is_population and is_known) as known_count,
        count(*) filter (where not is_population and is_in_base) as base_count,
        sum(numerator_flag) filter (where denominator_flag = 1) as flag_sum,
        -- A share of all residents comes counted: so many, of so many.
        sum(value) filter (where is_population and measure_type = 'proportion')
            as population_x,
        sum(exposure) filter (where is_population and measure_type = 'proportion')
            as population_n,
        sum(value) filter (where is_in_base) as value_sum,
        median(value) filter (where is_in_base) as value_median,
        stddev_samp(value) filter (where is_in_base) as value_spread,
        sum(exposure) as exposure_sum,
        sum(part) filter (where is_in_base) as part_sum,
        sum(exposure) filter (where is_in_base) as base_exposure_sum,
        count(value) filter (where is_in_base) = 0 as is_of_events,
        count(*) filter (where is_in_base and is_somebody and part > 0) as part_count,
        sum(weight) filter (where is_in_base) as weight_sum,
        sum(weight * weight) filter (where is_in_base) as squared_weight_sum,
        sum(weight * coalesce(numerator_flag, 0)) filter (where is_in_base)
            as weighted_flag_sum,
        sum(weight * value) filter (where is_in_base) as weighted_value_sum,
        bool_or(is_of_no_model) as is_of_no_model,
        count(distinct source_id) as source_count,
        max(dq_grade) as dq_grade,
        max(as_at_date) as as_at_date
    from sliced
    group by {{ cell | join(', ') }}
),

-- The limits of a median are two of its values, so many from either end (order statistics).
ranked as (
    select
        {{ cell | join(', ') }},
        value,
        row_number() over (
            partition by {{ cell | join(', ') }}
            order by value
        ) as value_rank,
        count(*) over (
            partition by {{ cell | join(', ') }}
        ) as value_count
    from sliced
    where measure_type = 'median' and is_in_base
),

placed as (
    select
        ranked.*,
        case
            when ranks.n is not null then ranks.rank95
            else {{ median_rank('parameters.z95', 'ranked.value_count') }}
        end as rank95,
        case
            when ranks.n is not null then ranks.rank998
            else {{ median_rank('parameters.z998', 'ranked.value_count') }}
        end as rank998
    from ranked
    cross join parameters
    left join {{ ref('median_ranks') }} as ranks on ranked.value_count = ranks.n
),

median_limits as (
    select
        {{ cell | join(', ') }},
        max(case when value_rank = rank95 then value end) as lower95,
        max(case when value_rank = value_count + 1 - rank95 then value end) as upper95,
        max(case when value_rank = rank998 then value end) as lower998,
        max(case when value_rank = value_count + 1 - rank998 then value end) as upper998
    from placed
    group by {{ cell | join(', ') }}
),

cells as (
    -- A measured period in which nothing happened is there, with a true zero.
    select
        indicator_id,
        local_authority_code,
        period_id,
        'all' as breakdown,
        'all' as breakdown_value
    from {{ ref('measured_periods') }}
    union all
    select
        counted.indicator_id,
        counted.local_authority_code,
        counted.period_id,
        counted.breakdown,
        counted.breakdown_value
    from counted
    inner join {{ ref('measured_periods') }} as measured
        on {{ same('counted', 'measured', figure) }}
    where counted.breakdown <> 'all'
),

described as (
    select
        cells.indicator_id,
        catalogue.indicator_version,
        cells.local_authority_code,
        cells.period_id,
        periods.period_type,
        periods.period_start,
        periods.period_end,
        cells.breakdown,
        cells.breakdown_value,
        catalogue.measure_type,
        catalogue.unit,
        catalogue.largest_small_count,
        coalesce(counted.excluded_count, 0) as n_excluded,
        case
            when catalogue.measure_type = 'rate'
                then cast(round(nullif(
                    coalesce(wholes.exposure_sum, counted.exposure_sum), 0
                )) as bigint)
            else coalesce(cast(counted.population_n as bigint), counted.denominator_count, 0)
        end as n_denominator,
        case
            when catalogue.measure_type = 'rate'
                then cast(round(nullif(
                    coalesce(wholes.exposure_sum, counted.exposure_sum), 0
                )) as bigint)
            else coalesce(cast(counted.population_n as bigint), counted.known_count, 0)
        end as n_known,
        coalesce(cast(counted.population_n as bigint), counted.base_count, 0) as base_count,
        case
            when catalogue.measure_type in ('mean', 'median')
                then coalesce(counted.value_sum, 0)
            when catalogue.measure_type = 'ratio' then coalesce(counted.part_sum, 0)
            when catalogue.measure_type = 'difference' then null
            else coalesce(counted.population_x, cast(counted.flag_sum as double), 0)
        end as numerator,
        counted.value_median,
        counted.value_spread,
        median_limits.lower95 as median_lower95,
        median_limits.upper95 as median_upper95,
        median_limits.lower998 as median_lower998,
        median_limits.upper998 as median_upper998,
        case
            when catalogue.measure_type = 'ratio' then nullif(counted.base_exposure_sum, 0)
            else nullif(coalesce(wholes.exposure_sum, counted.exposure_sum), 0)
        end as exposure_sum,
        case when catalogue.unit = 'percent' then 100 else 1 end as ratio_multiplier,
        catalogue.measure_type = 'ratio' and coalesce(counted.is_of_events, false)
            as is_ratio_of_events,
        coalesce(counted.part_count, 0) as part_count,
        -- Kish (1965): so many equally weighted answers would say as much. Equals the plain
        -- number, exactly, where every weight is 1.
        coalesce(
            counted.population_n,
            counted.weight_sum * counted.weight_sum / nullif(counted.squared_weight_sum, 0),
            0
        ) as effective_n,
        coalesce(counted.is_of_no_model, false) as is_of_no_model,
        case
            when not counted.is_of_no_model
                then coalesce(
                    counted.population_x,
                    counted.weighted_flag_sum
                    * (counted.weight_sum / nullif(counted.squared_weight_sum, 0))
                )
        end as effective_x,
        case
            when not counted.is_of_no_model
                then coalesce(
                    counted.population_x / counted.population_n,
                    counted.weighted_flag_sum / nullif(counted.weight_sum, 0)
                )
        end as weighted_share,
        counted.weighted_value_sum / nullif(counted.weight_sum, 0) as weighted_mean,
        differences.value as difference_value,
        {%- for limit in ['lower95', 'upper95', 'lower998', 'upper998'] %}
        differences.{{ limit }} as difference_{{ limit }},
        {%- endfor %}
        differences.interval_method as difference_interval_method,
        differences.symbol as difference_symbol,
        coalesce(differences.is_side_small, false) as is_side_small,
        coalesce(counted.source_count, 0) as source_count,
        counted.dq_grade,
        coalesce(counted.as_at_date, {{ as_at_date() }}) as as_at_date,
        parameters.parameter_version,
        parameters.z95,
        parameters.z998,
        parameters.rate_multiplier,
        parameters.poisson_exact_below,
        parameters.mean_reliable_n,
        parameters.mean_skew_limit
    from cells
    cross join parameters
    inner join catalogue on cells.indicator_id = catalogue.indicator_id
    inner join {{ ref('periods') }} as periods on cells.period_id = periods.period_id
    left join counted
        on {{ same('cells', 'counted', cell) }}
    -- Of a rate each slice is per all residents.
    left join counted as wholes
        on {{ same('cells', 'wholes', figure) }}
        and wholes.breakdown = 'all'
    left join median_limits
        on {{ same('cells', 'median_limits', cell) }}
    left join {{ ref('indicator_differences') }} as differences
        on {{ key_if("cells.breakdown = 'all'", 'cells.period_id') }} = differences.period_id
        and {{ same('cells', 'differences', figure) }}
),

limited as (
    select
        described.*,
        {%- for level in ['95', '998'] %}
        {%- for side, byar in [('lower', byar_lower), ('upper', byar_upper)] %}
        case
            when described.numerator < described.poisson_exact_below
                then poisson.{{ side ~ level }}
            else {{ byar('described.numerator', 'described.z' ~ level) }}
        end as count_{{ side ~ level }},
        {%- endfor %}
        {%- endfor %}
        described.value_spread / sqrt(nullif(described.effective_n, 0)) as standard_error,
        case
            when t_table.df is not null then t_table.t95
            when described.n_known > 1
                then {{ t_quantile('described.z95', '(described.n_known - 1)') }}
        end as t95,
        case
            when t_table.df is not null then t_table.t998
            when described.n_known > 1
                then {{ t_quantile('described.z998', '(described.n_known - 1)') }}
        end as t998
    from described
    left join {{ ref('poisson_exact_limits') }} as poisson
        on {{ key_if(
            "described.measure_type in ('rate', 'count') or described.is_ratio_of_events",
            'described.numerator'
        ) }} = poisson.x
    left join {{ ref('t_quantiles') }} as t_table
        on {{ key_if("described.measure_type = 'mean'", 'described.n_known - 1') }} = t_table.df
),

valued as (
    select
        *,
        case measure_type
            when 'proportion' then 100 * weighted_share
            when 'rate' then numerator / exposure_sum * rate_multiplier
            when 'count' then numerator
            when 'mean' then weighted_mean
            when 'median' then value_median
            when 'ratio' then numerator / exposure_sum * ratio_multiplier
            when 'difference' then difference_value
        end as value,
        {%- for level in ['95', '998'] %}
        {%- for side, sign, wilson in [
            ('lower', '-', wilson_lower), ('upper', '+', wilson_upper)
        ] %}
        {%- set limit = side ~ level %}
        case measure_type
            when 'proportion'
                then 100 * {{ wilson('effective_x', 'effective_n', 'z' ~ level) }}
            when 'rate' then count_{{ limit }} / exposure_sum * rate_multiplier
            when 'count' then count_{{ limit }}
            when 'mean' then weighted_mean {{ sign }} t{{ level }} * standard_error
            when 'median' then median_{{ limit }}
            when 'difference' then difference_{{ limit }}
            when 'ratio' then case
                when is_ratio_of_events
                    then count_{{ limit }} / exposure_sum * ratio_multiplier
            end
        end as {{ limit }}{{ '' if limit == 'upper998' else ',' }}
        {%- endfor %}
        {%- endfor %}
    from limited
)

select
    indicator_id,
    cast(indicator_version as integer) as indicator_version,
    local_authority_code,
    period_id,
    period_type,
    period_start,
    period_end,
    breakdown,
    breakdown_value,
    measure_type,
    unit,
    cast(n_denominator + n_excluded as bigint) as n_in_scope,
    cast(n_excluded as bigint) as n_excluded,
    cast(n_denominator as bigint) as n_denominator,
    cast(n_known as bigint) as n_known,
    cast(n_denominator - n_known as bigint) as n_not_known,
    -- Nothing known is not nothing: only an empty denominator counts none.
    case
        when measure_type <> 'rate' and n_denominator > 0 and base_count = 0 then null
        else {{ settled('numerator') }}
    end as numerator,
    {{ settled('value') }} as value,
    case
        when measure_type = 'mean'
            -- Settled, or a tie falls as the values happened to be added up.
            and {{ settled('abs(weighted_mean - value_median)') }}
            > {{ settled('mean_skew_limit * value_spread') }}
            then {{ settled('value_median') }}
    end as skewed_median,
    {{ settled('lower95') }} as lower95,
    {{ settled('upper95') }} as upper95,
    {{ settled('lower998') }} as lower998,
    {{ settled('upper998') }} as upper998,
    case
        when upper95 is null then 'none'
        when measure_type = 'difference' then difference_interval_method
        when measure_type = 'proportion' then 'wilson'
        when measure_type = 'mean' then 't'
        when measure_type = 'median' then 'order_statistics'
        when numerator < poisson_exact_below then 'exact_poisson'
        else 'byar'
    end as interval_method,
    cast(
        case
            when measure_type not in ('rate', 'count', 'ratio', 'difference') then effective_n
        end as double
    ) as n_eff,
    cast(n_known as double) / nullif(n_denominator, 0) as coverage,
    case
        when is_of_no_model then '[z]'
        when measure_type in ('proportion', 'mean', 'median') and base_count = 0 then '[z]'
        when measure_type = 'ratio' and exposure_sum is null then '[z]'
        when measure_type = 'rate' and exposure_sum is null then '[x]'
        when measure_type = 'difference' then difference_symbol
        when measure_type in ('mean', 'median') and base_count < mean_reliable_n then '[u]'
    end as symbol,
    case
        when measure_type = 'rate' then numerator between 1 and largest_small_count
        else
            n_denominator between 1 and largest_small_count
            or n_known between 1 and largest_small_count
            or (
                measure_type in ('proportion', 'count')
                and (
                    numerator between 1 and largest_small_count
                    or n_denominator - numerator between 1 and largest_small_count
                    or n_known - numerator between 1 and largest_small_count
                )
            )
            or is_side_small
            -- A sum of few moves or days is as telling as a count of few children.
            or (
                measure_type in ('mean', 'ratio')
                and numerator > 0
                and numerator <= largest_small_count
            )
            -- Hours, days and cases say less of how many than those whose they are.
            or (
                measure_type = 'ratio'
                and (
                    part_count between 1 and largest_small_count
                    or n_known - part_count between 1 and largest_small_count
                )
            )
    end as is_disclosive,
    cast(source_count as bigint) as source_count,
    dq_grade,
    as_at_date,
    parameter_version
from valued
