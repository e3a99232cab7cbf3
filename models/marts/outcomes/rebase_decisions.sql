with parameters as (
    select
        {{ parameter_columns(['spc_trial_points', 'spc_shift_points', 'spc_trend_points']) }}
    from {{ ref('method_parameters') }}
),

decisions as (
    select
        *,
        reason_text is not null and owner_role is not null as is_complete,
        reason_text is not null and owner_role is not null and valid_to_date is null as is_usable
    from {{ ref('int_targets') }}
    where target_type_code = 'rebase'
),

-- A decision is about every chart of its indicator, and each chart answers for itself.
about as (
    select distinct
        series.series_number,
        series.indicator_id,
        series.local_authority_code,
        series.period_type,
        series.breakdown,
        series.breakdown_value,
        series.fix_after_n
    from {{ ref('chart_series') }} as series
    inner join decisions
        on series.indicator_id = decisions.indicator_id
        and series.local_authority_code = decisions.local_authority_code
        and series.breakdown = decisions.breakdown
        and series.breakdown_value = decisions.breakdown_value
    where series.period_type <> 'year'
),

points as (
    select
        about.series_number,
        points.period_start,
        points.value,
        about.fix_after_n,
        count(distinct usable.valid_from_date) as span_number
    from about
    inner join {{ ref('chart_points') }} as points
        on about.series_number = points.series_number
    -- A period that the change falls into is of both: the new partition begins after it.
    left join decisions as usable
        on about.indicator_id = usable.indicator_id
        and about.local_authority_code = usable.local_authority_code
        and about.breakdown = usable.breakdown
        and about.breakdown_value = usable.breakdown_value
        and usable.is_usable
        and points.period_start >= usable.valid_from_date
    group by about.series_number, points.period_start, points.value, about.fix_after_n
),

numbered as (
    select
        *,
        count(value) over earlier as point_number,
        sign(value - lag(value) over earlier) as step
    from points
    window earlier as (partition by series_number, span_number order by period_start)
),

spans as (
    select
        series_number,
        span_number,
        count(value) as point_count,
        {{ settled('avg(case when point_number <= coalesce(fix_after_n, point_number) '
            ~ 'then value end)') }} as centre
    from numbered
    group by series_number, span_number
),

-- Each point beside the mean that stood before the decision.
sided as (
    select
        numbered.*,
        case
            when before.point_count >= parameters.spc_trial_points
                then sign(numbered.value - before.centre)
        end as side
    from numbered
    cross join parameters
    inner join spans as before
        on numbered.series_number = before.series_number
        and numbered.span_number = before.span_number + 1
),

begun as (
    select
        *,
        case
            when coalesce(side, 2) <> coalesce(lag(side) over points, 3) then period_start
        end as side_start,
        case
            when coalesce(step, 2) <> coalesce(lag(step) over points, 3) then period_start
        end as step_start
    from sided
    window points as (partition by series_number, span_number order by period_start)
),

runs as (
    select
        *,
        max(side_start) over earlier as side_run,
        max(step_start) over earlier as step_run
    from begun
    window earlier as (
        partition by series_number, span_number order by period_start
        rows between unbounded preceding and current row
    )
),

run_lengths as (
    select
        series_number,
        span_number,
        case when side <> 0 then count(*) over (
            partition by series_number, span_number, side_run
        ) end as side_length,
        case when step <> 0 then count(*) over (
            partition by series_number, span_number, step_run
        ) end as step_length
    from runs
),

signals as (
    select
        run_lengths.series_number,
        run_lengths.span_number,
        max(case
            when run_lengths.side_length >= parameters.spc_shift_points
                or run_lengths.step_length >= parameters.spc_trend_points - 1 then 1
            else 0
        end) = 1 as is_sustained
    from run_lengths
    cross join parameters
    group by run_lengths.series_number, run_lengths.span_number
),

numbered_decisions as (
    select
        *,
        dense_rank() over (
            partition by
                indicator_id, local_authority_code, breakdown, breakdown_value, is_usable
            order by valid_from_date
        ) as span_number
    from decisions
)

select
    decisions.local_authority_code,
    decisions.target_id,
    decisions.indicator_id,
    decisions.breakdown,
    decisions.breakdown_value,
    coalesce(about.period_type, 'none') as period_type,
    decisions.valid_from_date as rebase_date,
    decisions.reason_text,
    decisions.owner_role,
    cast(coalesce(spans.point_count, 0) as integer) as later_points,
    case
        when not decisions.is_complete then 'INCOMPLETE'
        when decisions.valid_to_date is not null then 'EXPECTED_TO_REVERT'
        when coalesce(spans.point_count, 0) < parameters.spc_trial_points then 'TOO_FEW_POINTS'
        when not coalesce(signals.is_sustained, false) then 'NO_SUSTAINED_SIGNAL'
        else 'APPLIED'
    end as decision_status,
    parameters.parameter_version
from numbered_decisions as decisions
cross join parameters
left join about
    on decisions.indicator_id = about.indicator_id
    and decisions.local_authority_code = about.local_authority_code
    and decisions.breakdown = about.breakdown
    and decisions.breakdown_value = about.breakdown_value
left join spans
    on about.series_number = spans.series_number
    and decisions.span_number = spans.span_number
left join signals
    on about.series_number = signals.series_number
    and decisions.span_number = signals.span_number
