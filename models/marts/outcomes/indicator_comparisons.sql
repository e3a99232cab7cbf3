{% set columns = {
    'comparator_n': 'bigint', 'neighbour_model_year': 'integer', 'area_count': 'bigint',
    'mean_figure': 'double', 'minimum_figure': 'double', 'maximum_figure': 'double',
    'first_quartile': 'double', 'third_quartile': 'double', 'own_rank': 'bigint',
    'rank_out_of': 'bigint', 'quartile_band': 'varchar', 'group_average': 'double',
    'overdispersion_estimate': 'double', 'overdispersion': 'double', 'funnel_lower95': 'double',
    'funnel_upper95': 'double', 'funnel_lower998': 'double', 'funnel_upper998': 'double',
    'funnel_flag': 'varchar', 'difference_lower95': 'double', 'difference_upper95': 'double',
    'difference_lower998': 'double', 'difference_upper998': 'double', 'no_change': 'integer',
    'better_now_when_higher': 'double', 'band_low': 'double', 'band_high': 'double',
} -%}
with parameters as (
    select {{ parameter_columns([]) }}
    from {{ ref('method_parameters') }}
),

comparators as (
    select
        benchmarks.indicator_id,
        benchmarks.local_authority_code,
        benchmarks.period_id,
        benchmarks.comparator,
        years.period_id as comparator_period_id,
        benchmarks.comparator_value,
        {{ columns_or_null(columns, [
            'neighbour_model_year', 'area_count', 'mean_figure', 'minimum_figure',
            'maximum_figure', 'first_quartile', 'third_quartile', 'own_rank', 'rank_out_of',
            'quartile_band', 'group_average', 'overdispersion_estimate', 'overdispersion',
            'funnel_lower95', 'funnel_upper95', 'funnel_lower998', 'funnel_upper998',
            'funnel_flag',
        ]) }}
    from {{ ref('benchmark_comparisons') }} as benchmarks
    inner join {{ ref('periods') }} as years
        on benchmarks.comparator_year = years.reporting_year
        and years.period_type = 'year'

    union all

    select
        indicator_id,
        local_authority_code,
        period_id,
        comparator,
        comparator_period_id,
        comparator_value,
        {{ columns_or_null(columns, [
            'comparator_n', 'difference_lower95', 'difference_upper95', 'difference_lower998',
            'difference_upper998', 'no_change', 'better_now_when_higher',
        ]) }}
    from {{ ref('period_differences') }}

    union all

    select
        indicator_id,
        local_authority_code,
        period_id,
        'agreed_target' as comparator,
        period_id as comparator_period_id,
        target_value as comparator_value,
        {{ columns_or_null(columns, []) }}
    from {{ ref('compared_figures') }}
    where target_value is not null

    union all

    select
        indicator_id,
        local_authority_code,
        period_id,
        'agreed_band' as comparator,
        period_id as comparator_period_id,
        cast(null as double) as comparator_value,
        {{ columns_or_null(columns, ['band_low', 'band_high']) }}
    from {{ ref('compared_figures') }}
    where polarity = 'target_band' and coalesce(band_low, band_high) is not null
),

coded as (
    select
        figures.indicator_id,
        figures.indicator_version,
        figures.local_authority_code,
        figures.period_id,
        figures.period_type,
        figures.period_start,
        figures.period_end,
        figures.measure_type,
        figures.unit,
        figures.polarity,
        figures.value,
        figures.n,
        {%- for limit in ['lower95', 'upper95', 'lower998', 'upper998'] %}
        figures.{{ limit }},
        {%- endfor %}
        figures.as_at_date,
        comparators.comparator,
        comparators.comparator_period_id,
        comparators.comparator_value,
        {%- for column in columns %}
        comparators.{{ column }},
        {%- endfor %}
        {{ band_code(
            'figures.value', 'figures.lower95', 'figures.upper95', 'comparators.band_low',
            'comparators.band_high'
        ) }} as band_code,
        case
            when comparators.no_change is not null then {{ comparison_code(
                'comparators.difference_lower95', 'comparators.difference_upper95',
                'comparators.difference_lower998', 'comparators.difference_upper998',
                'comparators.no_change', 'comparators.better_now_when_higher'
            ) }}
            -- Half of all authorities always lie below their median: the quarter says where.
            when comparators.comparator <> 'all_authorities' then {{ comparison_code(
                'figures.lower95', 'figures.upper95', 'figures.lower998', 'figures.upper998',
                'comparators.comparator_value', 'figures.better_when_higher'
            ) }}
        end as comparison_code
    from comparators
    inner join {{ ref('compared_figures') }} as figures
        on comparators.indicator_id = figures.indicator_id
        and comparators.local_authority_code = figures.local_authority_code
        and comparators.period_id = figures.period_id
)

select
    coded.indicator_id,
    coded.indicator_version,
    coded.local_authority_code,
    coded.period_id,
    coded.period_type,
    coded.period_start,
    coded.period_end,
    coded.comparator,
    coded.comparator_period_id,
    coded.measure_type,
    coded.unit,
    coded.value,
    cast(coded.n as bigint) as n,
    {%- for limit in ['lower95', 'upper95', 'lower998', 'upper998'] %}
    coded.{{ limit }},
    {%- endfor %}
    {{ settled('coded.comparator_value') }} as comparator_value,
    coded.comparator_n,
    case
        when coded.comparator <> 'agreed_band' and coded.comparator_value is null then '[x]'
    end as symbol,
    {{ settled('coded.value - coded.comparator_value') }} as difference,
    case
        when coded.measure_type in ('rate', 'count')
            then {{ settled('coded.value / nullif(coded.comparator_value, 0)') }}
    end as ratio,
    case
        when coded.difference_lower95 is null then null
        when coded.no_change = 1 then 'ratio'
        else 'difference'
    end as limits_of,
    {%- for limit in ['lower95', 'upper95', 'lower998', 'upper998'] %}
    {{ settled('coded.difference_' ~ limit) }} as difference_{{ limit }},
    {%- endfor %}
    coalesce(coded.band_code, coded.comparison_code) as comparison_code,
    coded.band_low,
    coded.band_high,
    cast(coded.neighbour_model_year as integer) as neighbour_model_year,
    coded.area_count,
    {{ settled('coded.mean_figure') }} as comparator_mean,
    {{ settled('coded.minimum_figure') }} as comparator_minimum,
    {{ settled('coded.maximum_figure') }} as comparator_maximum,
    {{ settled('coded.first_quartile') }} as comparator_first_quartile,
    {{ settled('coded.third_quartile') }} as comparator_third_quartile,
    coded.own_rank as rank,
    coded.rank_out_of,
    coded.quartile_band,
    {{ settled('coded.group_average') }} as group_average,
    {{ settled('coded.overdispersion_estimate') }} as overdispersion_estimate,
    {{ settled('coded.overdispersion') }} as overdispersion,
    {%- for limit in ['lower95', 'upper95', 'lower998', 'upper998'] %}
    {{ settled('coded.funnel_' ~ limit) }} as funnel_{{ limit }},
    {%- endfor %}
    coded.funnel_flag,
    coded.as_at_date,
    parameters.parameter_version
from coded
cross join parameters
