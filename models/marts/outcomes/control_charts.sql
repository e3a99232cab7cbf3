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
        cast(count(distinct decisions.rebase_date) as integer) as partition_number
    from {{ ref('rebase_decisions') }} as decisions
    inner join {{ ref('chart_series') }} as series
        on decisions.indicator_id = series.indicator_id
        and decisions.local_authority_code = series.local_authority_code
        and decisions.breakdown = series.breakdown
        and decisions.breakdown_value = series.breakdown_value
        and decisions.period_type = series.period_type
    inner join {{ ref('chart_points') }} as points
        on series.series_number = points.series_number
        and decisions.rebase_date <= points.period_start
    where decisions.decision_status = 'APPLIED'
    group by points.series_number, points.period_start
),

points as (
    select
        points.series_number,
        points.period_start,
        points.value,
        points.lower95,
        points.upper95,
        points.n,
        points.target_value,
        points.band_low,
        points.band_high,
        points.is_disclosive,
        coalesce(rebased.partition_number, 0) as partition_number
    from {{ ref('chart_points') }} as points
    left join rebased
        on points.series_number = rebased.series_number
        and points.period_start = rebased.period_start
    where points.period_type <> 'year'
),

counted as (
    select
        *,
        cast(row_number() over part as integer) as place,
        cast(count(value) over earlier as integer) as point_number,
        value - lag(value) over part as change
    from points
    window
        part as (partition by series_number, partition_number order by period_start),
        earlier as (
            partition by series_number, partition_number order by period_start
            rows between unbounded preceding and current row
        )
),

based as (
    select
        counted.series_number,
        counted.partition_number,
        max(series.polarity) as polarity,
        max(series.screen_outliers) as screen_outliers,
        max(series.fix_after_n) as fix_after_n,
        max(counted.place) as last_place,
        cast(count(counted.value) as integer) as point_count,
        avg(counted.n) as mean_n,
        max(case when counted.value is not null then counted.period_start end) as latest_start,
        {{ settled('avg(case when counted.point_number <= '
            ~ 'coalesce(series.fix_after_n, counted.point_number) then counted.value end)') }}
            as centre,
        avg(
            case
                when counted.point_number <= coalesce(series.fix_after_n, counted.point_number)
                    then abs(counted.change)
            end
        ) as mean_range
    from counted
    inner join {{ ref('chart_series') }} as series
        on counted.series_number = series.series_number
    group by counted.series_number, counted.partition_number
),

-- Moving ranges without the outliers among them, where they are to be left out.
screened as (
    select
        counted.series_number,
        counted.partition_number,
        avg(abs(counted.change)) as mean_range
    from counted
    cross join parameters
    inner join based
        on counted.series_number = based.series_number
        and counted.partition_number = based.partition_number
    where based.screen_outliers = 1
        and counted.point_number <= coalesce(based.fix_after_n, counted.point_number)
        and abs(counted.change) < parameters.spc_screen_factor * based.mean_range
    group by counted.series_number, counted.partition_number
),

ranged as (
    select
        based.series_number,
        based.partition_number,
        based.polarity,
        based.last_place,
        based.point_count,
        based.latest_start,
        based.centre,
        {{ settled('case when based.screen_outliers = 1 then screened.mean_range '
            ~ 'else based.mean_range end') }} as mean_range,
        based.latest_start
        = max(based.latest_start) over (partition by based.series_number) as is_latest_partition,
        case
            when based.mean_n < parameters.chart_minimum_n then 'TOO_SMALL'
            when based.point_count < 2 then 'NONE'
            when based.point_count < parameters.run_chart_points then 'DIFFERENCE'
            when based.point_count < parameters.spc_trial_points then 'RUN_CHART'
            when based.point_count < parameters.spc_full_points then 'XMR_TRIAL'
            else 'XMR'
        end as method,
        parameters.spc_limit_factor,
        parameters.spc_near_share,
        parameters.spc_shift_points,
        parameters.spc_trend_points,
        parameters.parameter_version
    from based
    cross join parameters
    left join screened
        on based.series_number = screened.series_number
        and based.partition_number = screened.partition_number
),

parts as (
    select
        *,
        method in ('XMR', 'XMR_TRIAL') as has_limits,
        {{ settled('centre - spc_limit_factor * mean_range') }} as lower_limit,
        {{ settled('centre + spc_limit_factor * mean_range') }} as upper_limit,
        {{ settled('centre - spc_near_share * spc_limit_factor * mean_range') }} as lower_near,
        {{ settled('centre + spc_near_share * spc_limit_factor * mean_range') }} as upper_near
    from ranged
),

-- Where each point lies: on which side of the mean (1, -1, 0), 2 or -2 near a limit, 3 or -3
-- outside; null without a value. A step is up, down or level from the point before.
placed as (
    select
        counted.*,
        cast(
            case
                when counted.value > parts.upper_limit then 3
                when counted.value < parts.lower_limit then -3
                when counted.value > parts.upper_near then 2
                when counted.value < parts.lower_near then -2
                else sign(counted.value - parts.centre)
            end as integer
        ) as zone,
        cast(sign({{ settled('counted.change') }}) as integer) as step
    from counted
    inner join parts
        on counted.series_number = parts.series_number
        and counted.partition_number = parts.partition_number
),

-- A run lies between the last place before a point and the first after it that are not of the run.
-- A step belongs to the point that it ends at, so the steps that begin at a point are its run too.
bounded as (
    select
        *,
        lag(zone, 2) over part as zone_2_before,
        lag(zone, 1) over part as zone_before,
        lead(zone, 1) over part as zone_after,
        lead(zone, 2) over part as zone_2_after,
        {%- for line, end in [('zone', 'high'), ('step', 'up')] %}
        max(case when {{ line }} > 0 then 0 else place end) over earlier as not_{{ end }},
        {%- endfor %}
        {%- for line, end in [('zone', 'low'), ('step', 'down')] %}
        max(case when {{ line }} < 0 then 0 else place end) over earlier as not_{{ end }},
        {%- endfor %}
        min(case when zone > 0 then null else place end) over later as next_not_high,
        min(case when zone < 0 then null else place end) over later as next_not_low,
        min(case when step > 0 then null else place end) over later as next_not_up,
        min(case when step < 0 then null else place end) over later as next_not_down
    from placed
    window
        part as (partition by series_number, partition_number order by period_start),
        earlier as (
            partition by series_number, partition_number order by period_start
            rows between unbounded preceding and current row
        ),
        later as (
            partition by series_number, partition_number order by period_start
            rows between 1 following and unbounded following
        )
),

judged as (
    select
        parts.*,
        bounded.period_start,
        bounded.value,
        bounded.lower95,
        bounded.upper95,
        bounded.n,
        bounded.target_value,
        bounded.band_low,
        bounded.band_high,
        bounded.is_disclosive,
        bounded.point_number,
        case bounded.zone when 3 then 1 when -3 then -1 else 0 end as outside,
        case
            when abs(bounded.zone) <> 2 then 0
            when bounded.zone_before * bounded.zone > 0
                and bounded.zone_2_before * bounded.zone > 0
                and bounded.zone in (bounded.zone_before, bounded.zone_2_before)
                then sign(bounded.zone)
            when bounded.zone_before * bounded.zone > 0
                and bounded.zone_after * bounded.zone > 0
                and bounded.zone in (bounded.zone_before, bounded.zone_after)
                then sign(bounded.zone)
            when bounded.zone_after * bounded.zone > 0
                and bounded.zone_2_after * bounded.zone > 0
                and bounded.zone in (bounded.zone_after, bounded.zone_2_after)
                then sign(bounded.zone)
            else 0
        end as two_of_three,
        case
            when bounded.zone > 0
                and coalesce(bounded.next_not_high, parts.last_place + 1) - bounded.not_high
                > parts.spc_shift_points then 1
            when bounded.zone < 0
                and coalesce(bounded.next_not_low, parts.last_place + 1) - bounded.not_low
                > parts.spc_shift_points then -1
            else 0
        end as shift,
        bounded.step,
        -- A trend of so many points has one step fewer.
        coalesce(bounded.next_not_up, parts.last_place + 1) - bounded.not_up
        >= parts.spc_trend_points as is_rising,
        coalesce(bounded.next_not_down, parts.last_place + 1) - bounded.not_down
        >= parts.spc_trend_points as is_falling
    from bounded
    inner join parts
        on bounded.series_number = parts.series_number
        and bounded.partition_number = parts.partition_number
),

flagged as (
    select
        *,
        case when has_limits then outside else 0 end as outside_flag,
        case
            when not has_limits then 0
            -- A turning point is of two trends; the later takes it.
            when is_rising and is_falling then -step
            when is_rising then 1
            when is_falling then -1
            else 0
        end as trend_flag,
        case when has_limits then two_of_three else 0 end as two_of_three_flag,
        case when has_limits then shift else 0 end as shift_flag
    from judged
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
            as better_when_higher
    from flagged
)

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
    coalesce(is_latest_partition and period_start = latest_start, false) as is_latest,
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
    case
        when special_cause_type is null or special_cause_type = 'COMMON' then special_cause_type
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
    target_value,
    case when is_latest_partition and has_limits then {{ assurance_code(
        'target_value', 'lower_limit', 'upper_limit',
        "case polarity when 'higher_better' then 1 when 'lower_better' then -1 end"
    ) }} end as assurance,
    parameter_version
from typed
