with released as (
    select
        indicator_id,
        local_authority_code,
        period_id,
        value,
        coalesce(symbol = '[c]', false) as is_withheld
    from {{ ref('released_indicator_values') }}
    where breakdown = 'all'
),

decided as (
    select
        curves.*,
        points.value as own_value,
        earlier.value as own_earlier_value,
        forecasts.forecast as own_forecast,
        forecasts.reading as own_curve_reading,
        coalesce(points.is_withheld, false) as is_withheld,
        -- Whether it improves says something of both figures, and of the forecast.
        coalesce(points.is_withheld, false)
        or coalesce(earlier.is_withheld, false)
        or (curves.forecast is not null and forecasts.forecast is null) as is_reading_withheld
    from {{ ref('priority_curves') }} as curves
    left join released as points
        on curves.indicator_id = points.indicator_id
        and curves.local_authority_code = points.local_authority_code
        and curves.point_period_id = points.period_id
    left join released as earlier
        on curves.indicator_id = earlier.indicator_id
        and curves.local_authority_code = earlier.local_authority_code
        and curves.earlier_period_id = earlier.period_id
    left join {{ ref('released_indicator_curves') }} as forecasts
        on curves.indicator_id = forecasts.indicator_id
        and curves.local_authority_code = forecasts.local_authority_code
        and curves.point_period_id = forecasts.period_id
)

select
    local_authority_code,
    period_id,
    period_end,
    indicator_id,
    indicator,
    list_name,
    valid_from_date,
    valid_to_date,
    polarity,
    unit,
    point_period_id,
    own_value as value,
    earlier_period_id,
    own_earlier_value as earlier_value,
    own_forecast as forecast,
    band_low,
    band_high,
    {%- for column in ['is_better_than_expected', 'is_better_than_earlier', 'is_improving'] %}
    case when not is_reading_withheld then {{ column }} end as {{ column }},
    {%- endfor %}
    case when is_reading_withheld then 'WITHHELD' else not_known_code end as not_known_code,
    own_curve_reading as curve_reading,
    as_at_date
from decided
