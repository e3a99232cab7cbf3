with points as (
    select
        trends.*,
        released.value as released_value,
        released.lower95 as released_lower95,
        released.upper95 as released_upper95,
        {{ resting_n('released', 'indicators.unknown_policy') }} as released_n,
        released.symbol,
        coalesce(released.symbol = '[c]', false) as is_withheld
    from {{ ref('indicator_trends') }} as trends
    inner join {{ ref('indicators') }} as indicators
        on trends.indicator_id = indicators.indicator_id
    left join {{ ref('released_indicator_values') }} as released
        on trends.indicator_id = released.indicator_id
        and trends.indicator_version = released.indicator_version
        and trends.local_authority_code = released.local_authority_code
        and trends.period_id = released.period_id
        and trends.breakdown = released.breakdown
        and trends.breakdown_value = released.breakdown_value
    -- Charts of teams and services stay inside, with their figures.
    where trends.breakdown = 'all'
),

-- Limits and signals come from all the points of a chart, a trend from five years: with one of them
-- withheld, the others and what was reckoned from all would give it away.
decided as (
    select
        *,
        case
            when period_type = 'year' then max(case when is_withheld then 1 else 0 end) over five
            else max(case when is_withheld then 1 else 0 end) over whole
        end = 1 as are_signals_withheld
    from points
    window
        whole as (
            partition by
                indicator_id, indicator_version, local_authority_code, period_type, breakdown,
                breakdown_value, partition_number
        ),
        five as (
            partition by
                indicator_id, indicator_version, local_authority_code, period_type, breakdown,
                breakdown_value
            order by period_start
            rows between 4 preceding and current row
        )
)

select
    indicator_id,
    indicator_version,
    local_authority_code,
    period_type,
    period_id,
    period_start,
    period_end,
    breakdown,
    breakdown_value,
    measure_type,
    unit,
    released_value as value,
    released_lower95 as lower95,
    released_upper95 as upper95,
    released_n as n,
    symbol,
    case when are_signals_withheld then '[c]' end as signals_symbol,
    {#- How many there are says nothing of what they are; what they rest on does. #}
    partition_number,
    point_number,
    point_count,
    is_latest,
    {%- for column in [
        'method', 'centre', 'mean_moving_range', 'lower_limit', 'upper_limit',
        'lower_near_limit', 'upper_near_limit', 'outside_flag', 'trend_flag',
        'two_of_three_flag', 'shift_flag', 'special_cause_type', 'point_type', 'conflict',
        'icon_letter',
    ] %}
    case when not are_signals_withheld then {{ column }} end as {{ column }},
    {%- endfor %}
    target_value,
    {%- for column in [
        'assurance', 'trend_chi_square', 'trend_slope_sign', 'trend_keeps_its_sign',
        'trend_marker',
    ] %}
    case when not are_signals_withheld then {{ column }} end as {{ column }},
    {%- endfor %}
    parameter_version
from decided
