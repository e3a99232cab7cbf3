-- Two indicators of the same records and the same numerator: neither may show what the other hides.
with figures as (
    select
        internal.indicator_id,
        internal.local_authority_code,
        internal.period_id,
        internal.breakdown,
        internal.breakdown_value,
        internal.numerator,
        indicators.measure_code,
        coalesce(released.symbol = '[c]', false) as is_withheld
    from {{ ref('indicator_values') }} as internal
    inner join {{ ref('indicators') }} as indicators
        on internal.indicator_id = indicators.indicator_id
    inner join {{ ref('released_indicator_values') }} as released
        on internal.indicator_id = released.indicator_id
        and internal.local_authority_code = released.local_authority_code
        and internal.period_id = released.period_id
        and internal.breakdown = released.breakdown
        and internal.breakdown_value = released.breakdown_value
    where indicators.measure_code is not null
)

select withheld.indicator_id, shown.indicator_id as shown_indicator_id, withheld.period_id
from figures as withheld
inner join figures as shown
    on withheld.measure_code = shown.measure_code
    and withheld.local_authority_code = shown.local_authority_code
    and withheld.period_id = shown.period_id
    and withheld.breakdown = shown.breakdown
    and withheld.breakdown_value = shown.breakdown_value
    and withheld.is_withheld
    and not shown.is_withheld
