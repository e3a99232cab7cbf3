with at_period_end as (
    select
        periods.period_id as measured_period_id,
        snapshots.*
    from {{ ref('cohort_snapshots') }} as snapshots
    inner join {{ ref('periods') }} as periods on snapshots.period_end = periods.period_end
),

measures as (
    select
        case cohort_code when 'protection_plan' then 'children_on_protection_plan'
            when 'child_in_need' then 'children_in_need'
            else 'children_in_care' end as measure_code,
        case cohort_code when 'short_breaks' then 'SHORT_BREAKS'
            when 'in_care_aged_18_or_over' then 'AGED_18_OR_OVER' end as exclusion_code,
        *
    from at_period_end
    where cohort_code in
        ('in_care', 'short_breaks', 'in_care_aged_18_or_over', 'protection_plan',
            'child_in_need')
),

-- The published measure: more than 729 days since the plan began.
long_plans as (
    select
        'plan_open_two_years' as long_measure_code,
        *,
        cast(days_in_status > 729 as integer) as is_long
    from measures
    where cohort_code = 'protection_plan'
)

select
    measure_code,
    'child' as subject_type,
    child_id as subject_key,
    '' as event_key,
    local_authority_code,
    cohort_code,
    measured_period_id as period_id,
    case when exclusion_code is null then 1 else 0 end as denominator_flag,
    case when exclusion_code is null then 1 end as numerator_flag,
    cast(null as double) as value,
    cast(0 as double) as exposure,
    exclusion_code,
    cast(null as varchar) as missing_code,
    cast(null as date) as event_date,
    child_id,
    record_source as source_id,
    'since ' || cast(status_start_date as varchar) as evidence,
    _file_sha256,
    _row_number
from measures
union all
select
    long_measure_code as measure_code,
    'child' as subject_type,
    child_id as subject_key,
    '' as event_key,
    local_authority_code,
    cohort_code,
    measured_period_id as period_id,
    1 as denominator_flag,
    is_long as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    cast(null as varchar) as exclusion_code,
    case when is_long is null then 'NOT_RECORDED' end as missing_code,
    cast(null as date) as event_date,
    child_id,
    record_source as source_id,
    'since ' || cast(status_start_date as varchar) as evidence,
    _file_sha256,
    _row_number
from long_plans
