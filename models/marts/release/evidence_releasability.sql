{{ config(materialized='ephemeral', contract={'enforced': false}) }}

with yearly as (
    select
        released.indicator_id,
        released.local_authority_code,
        released.period_id,
        periods.reporting_year,
        released.value,
        released.symbol,
        coalesce(released.symbol = '[c]', false) as is_withheld,
        released.coverage is null as is_coverage_withheld
    from {{ ref('released_indicator_values') }} as released
    inner join {{ ref('periods') }} as periods on released.period_id = periods.period_id
    where released.breakdown = 'all' and released.period_type = 'year'
)

select
    recent.indicator_id,
    recent.local_authority_code,
    recent.period_id,
    recent.value,
    recent.symbol,
    recent.is_coverage_withheld,
    recent.is_withheld as is_value_withheld,
    -- A direction is a difference, and says something of the year before as well; or it is that of
    -- a chart, and says something of every point.
    recent.is_withheld
    or coalesce(earlier.is_withheld, false)
    or (
        directions.point_period_id is not null
        and (trends.period_id is null or trends.signals_symbol is not null)
    ) as are_codes_withheld
from yearly as recent
left join yearly as earlier
    on recent.indicator_id = earlier.indicator_id
    and recent.local_authority_code = earlier.local_authority_code
    and recent.reporting_year = earlier.reporting_year + 1
left join {{ ref('evidence_directions') }} as directions
    on recent.indicator_id = directions.indicator_id
    and recent.local_authority_code = directions.local_authority_code
    and recent.period_id = directions.period_id
left join {{ ref('released_indicator_trends') }} as trends
    on directions.indicator_id = trends.indicator_id
    and directions.indicator_version = trends.indicator_version
    and directions.local_authority_code = trends.local_authority_code
    and directions.point_period_id = trends.period_id
    and trends.breakdown = 'all'
