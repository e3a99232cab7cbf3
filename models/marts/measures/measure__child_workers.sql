with measures as (
    select * from {{ ref('child_worker_measures') }}
),

years as (
    select * from {{ ref('periods') }}
    where period_type = 'year'
),

plans as (
    select
        local_authority_code,
        child_id,
        plan_start_date,
        plan_end_date,
        record_source,
        _file_sha256,
        _row_number
    from {{ ref('int_child_in_need_plans') }}
    union all
    select
        local_authority_code,
        child_id,
        plan_start_date,
        plan_end_date,
        record_source,
        _file_sha256,
        _row_number
    from {{ ref('int_protection_plans') }}
    where not coalesce(is_other_authority_plan, false)
),

-- Several open plans are one child: the one that began last.
on_plan as (
    select
        years.period_id,
        years.period_start,
        years.period_end,
        plans.*
    from plans
    inner join years
        on {{ open_on('plans.plan_start_date', 'plans.plan_end_date', 'years.period_end') }}
    qualify row_number() over (
        partition by plans.local_authority_code, plans.child_id, years.period_id
        order by plans.plan_start_date desc, plans._file_sha256 asc, plans._row_number asc
    ) = 1
),

subjects as (
    select
        measures.*,
        looked_after.local_authority_code,
        looked_after.period_id,
        looked_after.period_start,
        looked_after.period_end,
        looked_after.child_id,
        looked_after.cohort_code,
        looked_after.exclusion_code,
        -- Whoever is in care, whatever for how long, is in care all the year for this measure.
        case
            when measures.population_code = 'looked_after' then false
            else looked_after.is_under_a_year
        end as is_under_a_year,
        looked_after.record_source as source_id,
        looked_after._file_sha256,
        looked_after._row_number
    from {{ ref('looked_after_at_year_end') }} as looked_after
    inner join measures
        on measures.population_code in ('looked_after', 'looked_after_a_year')
    union all
    select
        measures.*,
        on_plan.local_authority_code,
        on_plan.period_id,
        on_plan.period_start,
        on_plan.period_end,
        on_plan.child_id,
        'on_plan' as cohort_code,
        cast(null as varchar) as exclusion_code,
        false as is_under_a_year,
        on_plan.record_source as source_id,
        on_plan._file_sha256,
        on_plan._row_number
    from on_plan
    inner join measures on measures.population_code = 'on_plan'
),

windows as (
    select
        *,
        coalesce(window_days, {{ days_between('period_start', 'period_end') }}) as days_looked_at
    from subjects
),

-- Spells in days before the last day: the first day counts, the end date does not.
spells as (
    select
        windows.measure_code,
        windows.local_authority_code,
        windows.period_id,
        windows.child_id,
        windows.days_looked_at,
        'plan' as spell_of,
        cast(null as varchar) as worker_id,
        {{ days_between('plans.plan_start_date', 'windows.period_end') }} as from_days,
        {{ days_between('plans.plan_end_date', 'windows.period_end') }} as to_days
    from windows
    inner join plans
        on windows.local_authority_code = plans.local_authority_code
        and windows.child_id = plans.child_id
    where windows.population_code = 'on_plan'
    union all
    select
        windows.measure_code,
        windows.local_authority_code,
        windows.period_id,
        windows.child_id,
        windows.days_looked_at,
        'worker' as spell_of,
        allocations.worker_id,
        {{ days_between('allocations.allocation_start_date', 'windows.period_end') }}
            as from_days,
        {{ days_between('allocations.allocation_end_date', 'windows.period_end') }} as to_days
    from windows
    inner join {{ ref('int_allocations') }} as allocations
        on windows.local_authority_code = allocations.local_authority_code
        and windows.child_id = allocations.child_id
        and coalesce(windows.record_source, allocations.record_source)
        = allocations.record_source
        and {{ is_listed('windows.allocation_role_codes', 'allocations.allocation_role_code') }}
        and allocations.worker_id is not null
),

in_window as (
    select
        measure_code,
        local_authority_code,
        period_id,
        child_id,
        days_looked_at,
        spell_of,
        worker_id,
        least(from_days, days_looked_at) as from_days,
        -- The last day itself is covered by what has not ended on it.
        greatest(coalesce(to_days, -1), -1) as to_days
    from spells
    where from_days >= 0 and coalesce(to_days < days_looked_at, true)
),

gaps as (
    select
        *,
        coalesce(
            min(to_days) over (
                partition by measure_code, local_authority_code, period_id, child_id, spell_of
                order by from_days desc, to_days desc
                rows between unbounded preceding and 1 preceding
            ),
            days_looked_at
        ) - from_days as gap_before_days
    from in_window
),

held as (
    select
        measure_code,
        local_authority_code,
        period_id,
        child_id,
        spell_of,
        count(distinct worker_id) as worker_count,
        greatest(max(gap_before_days), min(to_days) + 1) as longest_gap_days
    from gaps
    group by measure_code, local_authority_code, period_id, child_id, spell_of
),

judged as (
    select
        windows.*,
        case
            when windows.exclusion_code is not null then windows.exclusion_code
            when windows.is_under_a_year then 'IN_CARE_UNDER_12_MONTHS'
            when planned.longest_gap_days > 0 then 'NOT_ON_PLAN_THROUGHOUT'
        end as measure_exclusion_code,
        case
            when windows.is_under_a_year is null then 'CARE_START_NOT_HELD'
            when worked.child_id is null and not windows.is_silence_none then 'NOT_IN_RETURN'
        end as possible_missing_code,
        coalesce(worked.worker_count, 0) as worker_count,
        coalesce(worked.longest_gap_days, windows.days_looked_at + 1) as longest_gap_days
    from windows
    left join held as planned
        on windows.measure_code = planned.measure_code
        and windows.local_authority_code = planned.local_authority_code
        and windows.period_id = planned.period_id
        and windows.child_id = planned.child_id
        and planned.spell_of = 'plan'
    left join held as worked
        on windows.measure_code = worked.measure_code
        and windows.local_authority_code = worked.local_authority_code
        and windows.period_id = worked.period_id
        and windows.child_id = worked.child_id
        and worked.spell_of = 'worker'
)

select
    measure_code,
    'child' as subject_type,
    child_id as subject_key,
    '' as event_key,
    local_authority_code,
    cohort_code,
    period_id,
    case when measure_exclusion_code is null then 1 else 0 end as denominator_flag,
    case
        when measure_exclusion_code is null and possible_missing_code is null
            then cast(
                worker_count >= least_workers
                and coalesce(worker_count <= most_workers, true)
                and coalesce(longest_gap_days <= most_gap_days, true) as integer
            )
    end as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    measure_exclusion_code as exclusion_code,
    case when measure_exclusion_code is null then possible_missing_code end as missing_code,
    cast(null as date) as event_date,
    child_id,
    source_id,
    'workers: ' || cast(worker_count as varchar) || ', longest time without one: '
    || cast(longest_gap_days as varchar) || ' days' as evidence,
    _file_sha256,
    _row_number
from judged
