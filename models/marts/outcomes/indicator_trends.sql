{%- set point = [
    'indicator_id', 'indicator_version', 'local_authority_code', 'period_type', 'period_id',
    'period_start', 'period_end', 'breakdown', 'breakdown_value', 'measure_type', 'unit',
    'value', 'lower95', 'upper95', 'n', 'method',
] %}
select
    {% for column in point %}{{ column }}, {% endfor %}
    cast(partition_number as integer) as partition_number,
    cast(case when value is not null then point_number end as integer) as point_number,
    cast(point_count as integer) as point_count,
    coalesce(period_start = max(latest_start) over chart, false) as is_latest,
    case when has_limits then centre end as centre,
    case when has_limits then mean_range end as mean_moving_range,
    case when has_limits then lower_limit end as lower_limit,
    case when has_limits then upper_limit end as upper_limit,
    case when has_limits then lower_near end as lower_near_limit,
    case when has_limits then upper_near end as upper_near_limit,
    cast(outside_flag as integer) as outside_flag,
    cast(trend_flag as integer) as trend_flag,
    cast(two_of_three_flag as integer) as two_of_three_flag,
    cast(shift_flag as integer) as shift_flag,
    special_cause_type,
    point_type,
    cast(has_conflict as integer) as conflict,
    case
        when special_cause_type is null or special_cause_type = 'COMMON' then null
        when special_cause_sign > 0 then 'H'
        else 'L'
    end as icon_letter,
    target_value,
    assurance,
    cast(null as double) as trend_chi_square,
    cast(null as integer) as trend_slope_sign,
    cast(null as boolean) as trend_keeps_its_sign,
    cast(null as varchar) as trend_marker,
    parameter_version
from {{ ref('control_charts') }}
window chart as (partition by series_number)

union all

select
    {% for column in point %}{{ column }}, {% endfor %}
    0 as partition_number,
    cast(case when value is not null then point_number end as integer) as point_number,
    cast(point_count as integer) as point_count,
    -- A series ends with a value.
    period_start = max(period_start) over series as is_latest,
    {%- for column in ['centre', 'mean_moving_range', 'lower_limit', 'upper_limit',
        'lower_near_limit', 'upper_near_limit'] %}
    cast(null as double) as {{ column }},
    {%- endfor %}
    {%- for column in ['outside_flag', 'trend_flag', 'two_of_three_flag', 'shift_flag'] %}
    cast(null as integer) as {{ column }},
    {%- endfor %}
    cast(null as varchar) as special_cause_type,
    cast(null as varchar) as point_type,
    cast(null as integer) as conflict,
    cast(null as varchar) as icon_letter,
    target_value,
    cast(null as varchar) as assurance,
    case when is_testable and value is not null then {{ settled('chi_square') }} end
        as trend_chi_square,
    cast(case when is_testable and value is not null then sign(slope) end as integer)
        as trend_slope_sign,
    case when is_testable and value is not null then keeps_its_sign end as trend_keeps_its_sign,
    trend_marker,
    parameter_version
from {{ ref('annual_trends') }}
window series as (partition by series_number)
