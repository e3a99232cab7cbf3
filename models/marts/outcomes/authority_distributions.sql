{{ config(materialized='ephemeral', contract={'enforced': false}) }}

with parameters as (
    select
        {{ parameter_columns([
            'winsorised_share', 'overdispersion_tolerance', 'comparison_minimum_areas',
        ]) }}
    from {{ ref('method_parameters') }}
),

authorities as (
    select
        *,
        count_number is not null and denominator > 0 as has_counts
    from {{ ref('comparable_figures') }}
    where area_type_code = 'local_authority'
),

summed as (
    select
        indicator_id,
        reporting_year,
        count(figure) as area_count,
        avg(figure) as mean_figure,
        min(figure) as minimum_figure,
        max(figure) as maximum_figure,
        percentile_cont(0.25) within group (order by figure) as first_quartile,
        percentile_cont(0.5) within group (order by figure) as median_figure,
        percentile_cont(0.75) within group (order by figure) as third_quartile,
        sum(count_number) filter (where has_counts)
        / nullif(sum(cast(denominator as double)) filter (where has_counts), 0) as group_share
    from authorities
    group by indicator_id, reporting_year
),

-- How far each authority lies from the average, in standard errors of its own size.
distances as (
    select
        authorities.indicator_id,
        authorities.reporting_year,
        (authorities.count_number / cast(authorities.denominator as double) - summed.group_share)
        / sqrt(summed.group_share * (1 - summed.group_share) / authorities.denominator) as distance
    from authorities
    inner join summed
        on authorities.indicator_id = summed.indicator_id
        and authorities.reporting_year = summed.reporting_year
    where authorities.has_counts and summed.group_share > 0 and summed.group_share < 1
),

placed as (
    select
        *,
        count(*) over (partition by indicator_id, reporting_year) as k,
        row_number() over (
            partition by indicator_id, reporting_year order by distance
        ) - 1 as place
    from distances
),

-- The percentiles between two places lie as far between their distances.
ends as (
    select
        placed.indicator_id,
        placed.reporting_year,
        sum(placed.distance * greatest(
            1 - abs(placed.place - (placed.k - 1) * parameters.winsorised_share), 0
        )) as lowest,
        sum(placed.distance * greatest(
            1 - abs(placed.place - (placed.k - 1) * (1 - parameters.winsorised_share)), 0
        )) as highest
    from placed
    cross join parameters
    group by placed.indicator_id, placed.reporting_year
),

dispersions as (
    select
        placed.indicator_id,
        placed.reporting_year,
        max(placed.k) as k,
        {{ settled(
            'avg(power(least(greatest(placed.distance, ends.lowest), ends.highest), 2))'
        ) }} as phi
    from placed
    inner join ends
        on placed.indicator_id = ends.indicator_id
        and placed.reporting_year = ends.reporting_year
    group by placed.indicator_id, placed.reporting_year
)

select
    summed.indicator_id,
    summed.reporting_year,
    summed.area_count,
    summed.mean_figure,
    summed.minimum_figure,
    summed.maximum_figure,
    summed.first_quartile,
    summed.median_figure,
    summed.third_quartile,
    summed.group_share,
    dispersions.phi as overdispersion_estimate,
    case
        when dispersions.phi
            > 1 + parameters.overdispersion_tolerance * sqrt(2 / cast(dispersions.k as double))
            then dispersions.phi
        else 1
    end as overdispersion
from summed
cross join parameters
left join dispersions
    on summed.indicator_id = dispersions.indicator_id
    and summed.reporting_year = dispersions.reporting_year
where summed.area_count >= parameters.comparison_minimum_areas
