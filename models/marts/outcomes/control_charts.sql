{{ config(materialized='ephemeral', contract={'enforced': false}) }}

with parameters as (
    select
        {{ parameter_columns([
            'spc_screen_factor', 'spc_limit_factor', 'spc_near_share', 'spc_shift_points',
            'spc_trend_points', 'spc_trial_points', 'spc_full_points', 'run_chart_points',
            'chart_minimum_n',
        ]) }}
    from {{ ref('method_parameters') }}
),

-- How many decisions to draw new limits had been taken by each point.
rebased as (
    select
        points.series_number,
        points.period_start,
        count(distinct decisions.rebase_date) as partition_number
    from {{ ref('chart_points') }} as points
    inner join {{ ref('rebase_decisions') }} as decisions
        on points.indicator_id = decisions.indicator_id
        and points.local_authority_code = decisions.local_authority_code
        and points.breakdown = decisions.breakdown
        and points.breakdown_value = decisions.breakdown_value
        and points.period_type = decisions.period_type
        and points.period_start >= decisions.rebase_date
        and decisions.decision_status = 'APPLIED'
    group by points.series_number, points.period_start
),

points as (
    select
        points.*,
        coalesce(rebased.partition_number, 0) as partition_number
    from {{ ref('chart_points') }} as points
    left join rebased
        on points.series_number = rebased.series_number
        and points.period_start = rebased.period_start
),

counted as (
    select
        *,
        count(value) over earlier as point_number,
        value - lag(value) over part as change,
        count(value) over whole as point_count,
        avg(n) over whole as mean_n,
        max(case when value is not null then period_start end) over whole as latest_start
    from points
    where period_type <> 'year'
    window
        part as (partition by series_number, partition_number order by period_start),
        earlier as (
            partition by series_number, partition_number order by period_start
            rows between unbounded preceding and current row
        ),
        whole as (
            partition by series_number, partition_number order by period_start
            rows between unbounded preceding and unbounded following
        )
),

averaged as (
    select
        *,
        case
            when point_number <= coalesce(fix_after_n, point_number) then abs(change)
        end as moving_range,
        {{ settled('avg(case when point_number <= coalesce(fix_after_n, point_number) '
            ~ 'then value end) over whole') }} as centre,
        avg(case when point_number <= coalesce(fix_after_n, point_number) then abs(change) end)
            over whole as all_ranges
    from counted
    window whole as (
        partition by series_number, partition_number order by period_start
        rows between unbounded preceding and unbounded following
    )
),

screened as (
    select
        averaged.*,
        parameters.*,
        case
            when averaged.mean_n < parameters.chart_minimum_n then 'TOO_SMALL'
            when averaged.point_count < 2 then 'NONE'
            when averaged.point_count < parameters.run_chart_points then 'DIFFERENCE'
            when averaged.point_count < parameters.spc_trial_points then 'RUN_CHART'
            when averaged.point_count < parameters.spc_full_points then 'XMR_TRIAL'
            else 'XMR'
        end as method,
        {{ settled('avg(case when averaged.screen_outliers = 0 '
            ~ 'or averaged.moving_range < parameters.spc_screen_factor * averaged.all_ranges '
            ~ 'then averaged.moving_range end) over whole') }} as mean_range
    from averaged
    cross join parameters
    window whole as (
        partition by averaged.series_number, averaged.partition_number
        order by averaged.period_start
        rows between unbounded preceding and unbounded following
    )
),

limited as (
    select
        *,
        method in ('XMR', 'XMR_TRIAL') as has_limits,
        {{ settled('centre - spc_limit_factor * mean_range') }} as lower_limit,
        {{ settled('centre + spc_limit_factor * mean_range') }} as upper_limit,
        {{ settled('centre - spc_near_share * spc_limit_factor * mean_range') }} as lower_near,
        {{ settled('centre + spc_near_share * spc_limit_factor * mean_range') }} as upper_near,
        sign(value - centre) as side,
        sign({{ settled('change') }}) as step
    from screened
),

-- A run begins where the side, or the direction, is another than that of the point before; a point
-- without either (2) is a run of its own, and so is what comes before the first (3).
marked as (
    select
        *,
        case
            when value > upper_limit then 1
            when value < lower_limit then -1
            else 0
        end as outside,
        case
            when value > upper_near and value <= upper_limit then 1
            when value < lower_near and value >= lower_limit then -1
            else 0
        end as near,
        coalesce(side, 2) <> coalesce(lag(side) over part, 3) as is_side_first,
        coalesce(side, 2) <> coalesce(lead(side) over part, 3) as is_side_last,
        coalesce(step, 2) <> coalesce(lag(step) over part, 3) as is_step_first,
        coalesce(step, 2) <> coalesce(lead(step) over part, 3) as is_step_last,
        row_number() over part as place
    from limited
    window part as (partition by series_number, partition_number order by period_start)
),

runs as (
    select
        *,
        max(case when is_side_first then place end) over earlier as side_from,
        min(case when is_side_last then place end) over later as side_to,
        max(case when is_step_first then place end) over earlier as step_from,
        min(case when is_step_last then place end) over later as step_to,
        case
            when count(value) over last_three = 3
                and abs(sum(side) over last_three) = 3
                and sum(abs(near)) over last_three >= 2 then 1
        end as ends_two_of_three
    from marked
    window
        earlier as (
            partition by series_number, partition_number order by period_start
            rows between unbounded preceding and current row
        ),
        later as (
            partition by series_number, partition_number order by period_start
            rows between current row and unbounded following
        ),
        last_three as (
            partition by series_number, partition_number order by period_start
            rows between 2 preceding and current row
        )
),

judged as (
    select
        *,
        case when side_to - side_from + 1 >= spc_shift_points then side else 0 end as shift,
        -- A trend of so many points has one step fewer. The point it starts from is one of its
        -- points, and of two trends that share a point the later takes it.
        case when step_to - step_from + 2 >= spc_trend_points then step end as step_trend,
        case
            when near <> 0 and count(ends_two_of_three) over next_three > 0 then near else 0
        end as two_of_three
    from runs
    window next_three as (
        partition by series_number, partition_number order by period_start
        rows between current row and 2 following
    )
),

flagged as (
    select
        *,
        case when has_limits then outside else 0 end as outside_flag,
        case
            when has_limits
                then coalesce(
                    nullif(lead(step_trend) over part, 0), nullif(step_trend, 0), 0
                )
            else 0
        end as trend_flag,
        case when has_limits then two_of_three else 0 end as two_of_three_flag,
        case when has_limits then coalesce(shift, 0) else 0 end as shift_flag
    from judged
    window part as (partition by series_number, partition_number order by period_start)
),

typed as (
    select
        *,
        case
            when not has_limits or value is null then null
            when outside_flag > 0 then 'OUTSIDE_HIGH'
            when outside_flag < 0 then 'OUTSIDE_LOW'
            when trend_flag > 0 then 'TREND_UP'
            when trend_flag < 0 then 'TREND_DOWN'
            when two_of_three_flag > 0 then 'TWO_OF_THREE_HIGH'
            when two_of_three_flag < 0 then 'TWO_OF_THREE_LOW'
            when shift_flag > 0 then 'SHIFT_HIGH'
            when shift_flag < 0 then 'SHIFT_LOW'
            else 'COMMON'
        end as special_cause_type,
        coalesce(
            nullif(outside_flag, 0), nullif(trend_flag, 0), nullif(two_of_three_flag, 0),
            shift_flag
        ) as special_cause_sign,
        {{ better_when_higher('polarity', 'value', 'centre', 'band_low', 'band_high') }}
            as better_when_higher,
        latest_start = max(latest_start) over series as is_latest_partition
    from flagged
    window series as (partition by series_number)
),

charted as (
    select
        *,
        case
            when special_cause_type is null or special_cause_type = 'COMMON'
                then special_cause_type
            when special_cause_sign * better_when_higher > 0 then 'IMPROVEMENT'
            when special_cause_sign * better_when_higher < 0 then 'CONCERN'
            when special_cause_sign > 0 then 'NEUTRAL_HIGH'
            else 'NEUTRAL_LOW'
        end as point_type,
        case
            when special_cause_type is not null then case
                when greatest(outside_flag, trend_flag, two_of_three_flag, shift_flag) > 0
                    and least(outside_flag, trend_flag, two_of_three_flag, shift_flag) < 0 then 1
                else 0
            end
        end as has_conflict,
        case when is_latest_partition and has_limits then {{ assurance_code(
            'target_value', 'lower_limit', 'upper_limit',
            "case polarity when 'higher_better' then 1 when 'lower_better' then -1 end"
        ) }} end as assurance
    from typed
)

select
    series_number,
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
    value,
    lower95,
    upper95,
    n,
    method,
    partition_number,
    point_number,
    point_count,
    latest_start,
    has_limits,
    centre,
    mean_range,
    lower_limit,
    upper_limit,
    lower_near,
    upper_near,
    outside_flag,
    trend_flag,
    two_of_three_flag,
    shift_flag,
    special_cause_type,
    special_cause_sign,
    point_type,
    has_conflict,
    target_value,
    assurance,
    parameter_version
from charted
