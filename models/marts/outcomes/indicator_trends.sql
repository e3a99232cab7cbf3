with points as (
    select
        series_number,
        period_start,
        value,
        lower95,
        upper95,
        n,
        is_disclosive,
        method,
        partition_number,
        point_number,
        point_count,
        is_latest,
        case when has_limits then centre end as centre,
        case when has_limits then mean_range end as mean_moving_range,
        case when has_limits then lower_limit end as lower_limit,
        case when has_limits then upper_limit end as upper_limit,
        case when has_limits then lower_near end as lower_near_limit,
        case when has_limits then upper_near end as upper_near_limit,
        outside_flag,
        trend_flag,
        two_of_three_flag,
        shift_flag,
        special_cause_type,
        point_type,
        has_conflict as conflict,
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

    union all

    select
        series_number,
        period_start,
        value,
        lower95,
        upper95,
        n,
        is_disclosive,
        method,
        0 as partition_number,
        point_number,
        point_count,
        is_latest,
        {%- for column in ['centre', 'mean_moving_range', 'lower_limit', 'upper_limit',
            'lower_near_limit', 'upper_near_limit'] %}
        cast(null as double) as {{ column }},
        {%- endfor %}
        {%- for column in ['outside_flag', 'trend_flag', 'two_of_three_flag', 'shift_flag'] %}
        cast(null as integer) as {{ column }},
        {%- endfor %}
        cast(null as varchar) as special_cause_type,
        point_type,
        cast(null as integer) as conflict,
        case trend_marker when 'INCREASING' then 'H' when 'DECREASING' then 'L' end
            as icon_letter,
        target_value,
        cast(null as varchar) as assurance,
        case when is_tested then {{ settled('chi_square') }} end as trend_chi_square,
        case when is_tested then cast(sign(slope) as integer) end as trend_slope_sign,
        case when is_tested then keeps_its_sign end as trend_keeps_its_sign,
        trend_marker,
        parameter_version
    from {{ ref('annual_trends') }}
)

-- Names join last: the windows before carry numbers alone.
select
    series.indicator_id,
    series.indicator_version,
    series.local_authority_code,
    series.period_type,
    periods.period_id,
    points.period_start,
    periods.period_end,
    series.breakdown,
    series.breakdown_value,
    series.measure_type,
    series.unit,
    points.value,
    points.lower95,
    points.upper95,
    points.n,
    points.is_disclosive,
    points.method,
    points.partition_number,
    case when points.value is not null then points.point_number end as point_number,
    points.point_count,
    points.is_latest,
    points.centre,
    points.mean_moving_range,
    points.lower_limit,
    points.upper_limit,
    points.lower_near_limit,
    points.upper_near_limit,
    {%- for flag in ['outside', 'trend', 'two_of_three', 'shift'] %}
    cast(points.{{ flag }}_flag as integer) as {{ flag }}_flag,
    {%- endfor %}
    points.special_cause_type,
    points.point_type,
    cast(points.conflict as integer) as conflict,
    points.icon_letter,
    points.target_value,
    points.assurance,
    points.trend_chi_square,
    points.trend_slope_sign,
    points.trend_keeps_its_sign,
    points.trend_marker,
    points.parameter_version
from points
inner join {{ ref('chart_series') }} as series
    on points.series_number = series.series_number
inner join {{ ref('periods') }} as periods
    on series.period_type = periods.period_type
    and points.period_start = periods.period_start
