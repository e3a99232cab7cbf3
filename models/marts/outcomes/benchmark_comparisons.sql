{{ config(materialized='ephemeral', contract={'enforced': false}) }}

with parameters as (
    select
        {{ parameter_columns([
            'benchmark_lag_years', 'comparison_minimum_areas', 'rate_multiplier', 'z95', 'z998',
        ]) }}
    from {{ ref('method_parameters') }}
),

published as (
    select * from {{ ref('comparable_figures') }}
    where figure is not null
),

published_years as (
    select distinct indicator_id, area_type_code, reporting_year
    from published
),

-- Each yearly figure beside the newest year that is published, its own or one shortly before.
dated as (
    select
        figures.*,
        published_years.area_type_code,
        published_years.reporting_year as comparator_year
    from {{ ref('compared_figures') }} as figures
    cross join parameters
    inner join published_years
        on figures.indicator_id = published_years.indicator_id
        and published_years.reporting_year <= figures.reporting_year
        and published_years.reporting_year
        >= figures.reporting_year - parameters.benchmark_lag_years
    where figures.period_type = 'year'
    qualify row_number() over (
        partition by
            figures.indicator_id, figures.local_authority_code, figures.period_id,
            published_years.area_type_code
        order by published_years.reporting_year desc
    ) = 1
),

wholes as (
    select
        dated.*,
        case dated.area_type_code when 'national' then 'england' else 'region' end as comparator,
        published.figure as comparator_value
    from dated
    left join {{ ref('int_authorities') }} as authorities
        on dated.local_authority_code = authorities.local_authority_code
    left join published
        on dated.indicator_id = published.indicator_id
        and dated.area_type_code = published.area_type_code
        and dated.comparator_year = published.reporting_year
        and (
            dated.area_type_code = 'national'
            or published.area_code = authorities.whole_region_code
        )
    where dated.area_type_code in ('national', 'regional')
),

among_authorities as (
    select * from dated
    where area_type_code = 'local_authority'
),

-- The list of the time: the newest that is not younger than the year, else the oldest there is.
neighbours as (
    select
        years.local_authority_code,
        years.comparator_year,
        lists.model_year,
        lists.neighbour_local_authority_code
    from (
        select distinct local_authority_code, comparator_year from among_authorities
    ) as years
    inner join {{ ref('int_statistical_neighbours') }} as lists
        on years.local_authority_code = lists.local_authority_code
        and coalesce(lists.usable_from_year, years.comparator_year) <= years.comparator_year
        and coalesce(lists.usable_to_year, years.comparator_year) >= years.comparator_year
    qualify dense_rank() over (
        partition by years.local_authority_code, years.comparator_year
        order by
            case when lists.model_year <= years.comparator_year then 0 else 1 end,
            abs(lists.model_year - years.comparator_year)
    ) = 1
),

among_neighbours as (
    select
        figures.indicator_id,
        figures.local_authority_code,
        figures.period_id,
        max(neighbours.model_year) as neighbour_model_year,
        count(published.figure) as area_count,
        median(published.figure) as median_figure,
        avg(published.figure) as mean_figure,
        min(published.figure) as minimum_figure,
        max(published.figure) as maximum_figure,
        1 + count(*) filter (
            where (published.figure - figures.value) * figures.better_when_higher > 0
        ) as own_rank
    from among_authorities as figures
    inner join neighbours
        on figures.local_authority_code = neighbours.local_authority_code
        and figures.comparator_year = neighbours.comparator_year
    left join published
        on figures.indicator_id = published.indicator_id
        and published.area_type_code = 'local_authority'
        and figures.comparator_year = published.reporting_year
        and neighbours.neighbour_local_authority_code = published.local_authority_code
    group by figures.indicator_id, figures.local_authority_code, figures.period_id
),

funnels as (
    select
        figures.*,
        distributions.area_count,
        distributions.mean_figure,
        distributions.minimum_figure,
        distributions.maximum_figure,
        distributions.first_quartile,
        distributions.median_figure,
        distributions.third_quartile,
        distributions.overdispersion_estimate,
        distributions.overdispersion,
        figures.value / 100 as own_share,
        distributions.group_share,
        distributions.group_share * parameters.rate_multiplier as group_rate,
        {%- for level in ['95', '998'] %}
        {{ funnel_lower(
            'distributions.group_share', 'figures.n_eff', 'distributions.overdispersion',
            'parameters.z' ~ level
        ) }} as funnel_lower{{ level }},
        {{ funnel_upper(
            'distributions.group_share', 'figures.n_eff', 'distributions.overdispersion',
            'parameters.z' ~ level
        ) }} as funnel_upper{{ level }}{{ ',' if not loop.last }}
        {%- endfor %}
    from among_authorities as figures
    cross join parameters
    inner join {{ ref('authority_distributions') }} as distributions
        on figures.indicator_id = distributions.indicator_id
        and figures.comparator_year = distributions.reporting_year
),

neighbour_medians as (
    select
        figures.*,
        'statistical_neighbours' as comparator,
        among.neighbour_model_year,
        among.area_count,
        among.area_count >= parameters.comparison_minimum_areas as has_enough,
        among.median_figure,
        among.mean_figure,
        among.minimum_figure,
        among.maximum_figure,
        case when figures.better_when_higher is not null then among.own_rank end as own_rank,
        case when figures.better_when_higher is not null then among.area_count + 1 end
            as rank_out_of
    from among_authorities as figures
    cross join parameters
    inner join among_neighbours as among
        on figures.indicator_id = among.indicator_id
        and figures.local_authority_code = among.local_authority_code
        and figures.period_id = among.period_id
),

all_authorities as (
    select
        *,
        'all_authorities' as comparator,
        median_figure as comparator_value,
        {{ quartile_band(
            'value', 'first_quartile', 'median_figure', 'third_quartile', 'better_when_higher'
        ) }} as quartile_band,
        case measure_type
            when 'proportion' then 100 * group_share
            when 'rate' then group_rate
        end as group_average,
        case measure_type
            when 'proportion' then {{ funnel_flag(
                'own_share', 'funnel_lower95', 'funnel_upper95', 'funnel_lower998',
                'funnel_upper998'
            ) }}
            when 'rate' then {{ funnel_flag(
                'group_rate', 'lower95', 'upper95', 'lower998', 'upper998', 'LOW', 'HIGH'
            ) }}
        end as funnel_flag
    from funnels
)

{% set columns = {
    'neighbour_model_year': 'integer', 'area_count': 'bigint', 'mean_figure': 'double',
    'minimum_figure': 'double', 'maximum_figure': 'double', 'first_quartile': 'double',
    'third_quartile': 'double', 'own_rank': 'bigint', 'rank_out_of': 'bigint',
    'quartile_band': 'varchar', 'group_average': 'double', 'overdispersion_estimate': 'double',
    'overdispersion': 'double', 'funnel_lower95': 'double', 'funnel_upper95': 'double',
    'funnel_lower998': 'double', 'funnel_upper998': 'double', 'funnel_flag': 'varchar',
} -%}
select
    indicator_id,
    local_authority_code,
    period_id,
    comparator,
    comparator_year,
    comparator_value,
    {{ columns_or_null(columns, []) }}
from wholes

union all

-- Of too few neighbours it is only said how few there are.
{% set summed = {'neighbour_model_year': 'neighbour_model_year', 'area_count': 'area_count'} -%}
{% for column in ['mean_figure', 'minimum_figure', 'maximum_figure', 'own_rank', 'rank_out_of'] -%}
{% do summed.update({column: 'case when has_enough then ' ~ column ~ ' end'}) -%}
{% endfor -%}
select
    indicator_id,
    local_authority_code,
    period_id,
    comparator,
    comparator_year,
    case when has_enough then median_figure end as comparator_value,
    {{ columns_or_null(columns, summed) }}
from neighbour_medians

union all

{% set spread = {} -%}
{% for column in ['area_count', 'mean_figure', 'minimum_figure', 'maximum_figure',
    'first_quartile', 'third_quartile', 'quartile_band', 'group_average', 'funnel_flag'] -%}
{% do spread.update({column: column}) -%}
{% endfor -%}
{# Of a rate it is said, and widens nothing. -#}
{% for column in ['overdispersion_estimate', 'overdispersion'] -%}
{% do spread.update({
    column: "case when measure_type in ('proportion', 'rate') then " ~ column ~ ' end'
}) -%}
{% endfor -%}
{% for column in ['funnel_lower95', 'funnel_upper95', 'funnel_lower998', 'funnel_upper998'] -%}
{% do spread.update({
    column: "case when measure_type = 'proportion' then 100 * " ~ column ~ ' end'
}) -%}
{% endfor -%}
select
    indicator_id,
    local_authority_code,
    period_id,
    comparator,
    comparator_year,
    comparator_value,
    {{ columns_or_null(columns, spread) }}
from all_authorities
