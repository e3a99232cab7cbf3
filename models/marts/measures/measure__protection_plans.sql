with plans as (
    select
        *,
        row_number() over (
            partition by local_authority_code, child_id order by plan_start_date
        ) - 1 as earlier_plans_held
    from {{ ref('int_protection_plans') }}
),

starts as (
    select
        'plan_starts_repeat' as measure_code,
        plan_start_date as event_date,
        case
            when previous_plan_count >= 1 then 1
            when previous_plan_count = 0 then 0
            -- Left blank: an earlier plan in the loaded returns counts; finding none proves nothing.
            when earlier_plans_held >= 1 then 1
        end as numerator_flag,
        'earlier plans: ' || coalesce(cast(previous_plan_count as varchar), 'blank') as evidence,
        'NOT_RECORDED' as missing_reason,
        plans.*
    from plans
),

ends as (
    select
        'plan_ends_after_two_years' as measure_code,
        plan_end_date as event_date,
        case
            when has_reversed_dates then null
            when {{ days_between('plan_start_date', 'plan_end_date') }} > 729 then 1
            else 0
        end as numerator_flag,
        'days on the plan: '
        || cast({{ days_between('plan_start_date', 'plan_end_date') }} as varchar) as evidence,
        'DATES_REVERSED' as missing_reason,
        plans.*
    from plans
    -- A plan that only stopped being returned was not seen to end.
    where plan_end_date is not null and not is_end_inferred
),

events as (
    select * from starts
    union all
    select * from ends
)

select
    events.measure_code,
    'child' as subject_type,
    events.child_id as subject_key,
    events.protection_plan_id as event_key,
    events.local_authority_code,
    'protection_plan' as cohort_code,
    periods.period_id,
    1 as denominator_flag,
    events.numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    cast(null as varchar) as exclusion_code,
    case when events.numerator_flag is null then events.missing_reason end as missing_code,
    events.event_date,
    events.child_id,
    events.record_source as source_id,
    events.evidence,
    events._file_sha256,
    events._row_number
from events
inner join {{ ref('periods') }} as periods
    on events.event_date between periods.period_start and periods.period_end
