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
),

-- Help by agreement: planned, and neither a protection plan nor care other than by agreement.
-- Short breaks are not care here.
agreed_help as (
    select
        'agreed_planned_support' as agreed_measure_code,
        needs.*,
        case
            when plans.child_id is null then 'NO_PLAN'
            when protected.child_id is not null then 'ON_PROTECTION_PLAN'
            when looked_after.child_id is not null
                and coalesce(legal_statuses.code_group <> 'voluntary', true)
                then 'LOOKED_AFTER'
        end as agreed_exclusion_code
    from measures as needs
    left join {{ ref('int_child_in_need_plans') }} as plans
        on needs.local_authority_code = plans.local_authority_code
        and needs.child_id = plans.child_id
        and {{ open_on('plans.plan_start_date', 'plans.plan_end_date', 'needs.period_end') }}
    left join measures as protected
        on protected.cohort_code = 'protection_plan'
        and needs.local_authority_code = protected.local_authority_code
        and needs.child_id = protected.child_id
        and needs.measured_period_id = protected.measured_period_id
    left join measures as looked_after
        on looked_after.cohort_code in ('in_care', 'in_care_aged_18_or_over')
        and needs.local_authority_code = looked_after.local_authority_code
        and needs.child_id = looked_after.child_id
        and needs.measured_period_id = looked_after.measured_period_id
    left join {{ ref('codes') }} as legal_statuses
        on legal_statuses.code_set = 'legal_status'
        and looked_after.legal_status_code = legal_statuses.code
    where needs.cohort_code = 'child_in_need'
    -- Two open plans are a fault of the record; the child counts once.
    qualify row_number() over (
        partition by needs.local_authority_code, needs.measured_period_id, needs.child_id
        order by plans.plan_start_date desc nulls last
    ) = 1
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
union all
select
    agreed_measure_code as measure_code,
    'child' as subject_type,
    child_id as subject_key,
    '' as event_key,
    local_authority_code,
    cohort_code,
    measured_period_id as period_id,
    case when agreed_exclusion_code is null then 1 else 0 end as denominator_flag,
    case when agreed_exclusion_code is null then 1 end as numerator_flag,
    cast(null as double) as value,
    cast(0 as double) as exposure,
    agreed_exclusion_code as exclusion_code,
    cast(null as varchar) as missing_code,
    cast(null as date) as event_date,
    child_id,
    record_source as source_id,
    'since ' || cast(status_start_date as varchar) as evidence,
    _file_sha256,
    _row_number
from agreed_help
