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
    -- A direction is a difference, and says something of the year before as well.
    recent.is_withheld or coalesce(earlier.is_withheld, false) as are_codes_withheld
from yearly as recent
left join yearly as earlier
    on recent.indicator_id = earlier.indicator_id
    and recent.local_authority_code = earlier.local_authority_code
    and recent.reporting_year = earlier.reporting_year + 1
