with released as (
    select
        indicator_id,
        local_authority_code,
        period_id,
        value,
        lower95,
        upper95,
        lower998,
        upper998,
        symbol,
        coalesce(symbol = '[c]', false) as is_withheld
    from {{ ref('released_indicator_values') }}
    where breakdown = 'all'
),

decided as (
    select
        comparisons.*,
        own.value as own_value,
        own.lower95 as own_lower95,
        own.upper95 as own_upper95,
        own.lower998 as own_lower998,
        own.upper998 as own_upper998,
        own.symbol as own_symbol,
        own.is_withheld as is_own_withheld,
        coalesce(earlier.is_withheld, false) as is_earlier_withheld,
        own.is_withheld or coalesce(earlier.is_withheld, false) as is_withheld,
        -- An earlier figure is one of ours; all others are public already.
        case
            when earlier.period_id is not null then earlier.value
            when comparisons.measure_type = 'proportion'
                then {{ round_half_up('comparisons.comparator_value', 1) }}
            else comparisons.comparator_value
        end as shown_comparator_value
    from {{ ref('indicator_comparisons') }} as comparisons
    inner join released as own
        on comparisons.indicator_id = own.indicator_id
        and comparisons.local_authority_code = own.local_authority_code
        and comparisons.period_id = own.period_id
    left join released as earlier
        on comparisons.comparator in ('previous_period', 'year_before')
        and comparisons.indicator_id = earlier.indicator_id
        and comparisons.local_authority_code = earlier.local_authority_code
        and comparisons.comparator_period_id = earlier.period_id
)

select
    indicator_id,
    indicator_version,
    local_authority_code,
    period_id,
    period_type,
    period_start,
    period_end,
    comparator,
    comparator_period_id,
    measure_type,
    unit,
    own_value as value,
    case when not is_own_withheld then n end as n,
    own_lower95 as lower95,
    own_upper95 as upper95,
    own_lower998 as lower998,
    own_upper998 as upper998,
    shown_comparator_value as comparator_value,
    case when not is_earlier_withheld then comparator_n end as comparator_n,
    case when is_withheld then '[c]' else coalesce(own_symbol, symbol) end as symbol,
    {{ settled('own_value - shown_comparator_value') }} as difference,
    case
        when measure_type in ('rate', 'count')
            then {{ settled('own_value / nullif(shown_comparator_value, 0)') }}
    end as ratio,
    case when not is_withheld then limits_of end as limits_of,
    {%- for limit in ['lower95', 'upper95', 'lower998', 'upper998'] %}
    case
        when is_withheld then null
        when measure_type = 'proportion' then {{ round_half_up('difference_' ~ limit, 1) }}
        else difference_{{ limit }}
    end as difference_{{ limit }},
    {%- endfor %}
    case when not is_withheld then comparison_code end as comparison_code,
    band_low,
    band_high,
    neighbour_model_year,
    area_count,
    {%- for column in ['comparator_mean', 'comparator_minimum', 'comparator_maximum',
        'comparator_first_quartile', 'comparator_third_quartile'] %}
    case
        when measure_type = 'proportion' then {{ round_half_up(column, 1) }}
        else {{ column }}
    end as {{ column }},
    {%- endfor %}
    case when not is_withheld then rank end as rank,
    rank_out_of,
    case when not is_withheld then quartile_band end as quartile_band,
    case
        when measure_type = 'proportion' then {{ round_half_up('group_average', 1) }}
        else group_average
    end as group_average,
    overdispersion_estimate,
    overdispersion,
    -- A funnel is as wide as the authority is small.
    {%- for limit in ['funnel_lower95', 'funnel_upper95', 'funnel_lower998', 'funnel_upper998'] %}
    case when not is_withheld then {{ round_half_up(limit, 1) }} end as {{ limit }},
    {%- endfor %}
    case when not is_withheld then funnel_flag end as funnel_flag,
    as_at_date,
    parameter_version
from decided
