with measures as (
    select * from {{ ref('allocation_measures') }}
),

-- A child in several cohorts is one case: the row of the first of them by name.
cases as (
    select
        measures.measure_code,
        measures.credential_group,
        snapshots.local_authority_code,
        snapshots.period_end,
        snapshots.child_id,
        snapshots.cohort_code,
        snapshots.record_source,
        snapshots._file_sha256,
        snapshots._row_number
    from {{ ref('cohort_snapshots') }} as snapshots
    inner join measures
        on {{ is_listed('measures.cohort_codes', 'snapshots.cohort_code') }}
    qualify row_number() over (
        partition by
            measures.measure_code, snapshots.local_authority_code, snapshots.period_end,
            snapshots.child_id
        order by snapshots.cohort_code
    ) = 1
),

credentials as (
    select
        held.local_authority_code,
        held.worker_key,
        held.awarded_date,
        held.expiry_date,
        groups.code_group as credential_group
    from {{ ref('stg_local__staff_qualifications') }} as held
    inner join {{ ref('codes') }} as groups
        on groups.code_set = 'staff_credential' and held.credential_code = groups.code
),

-- Found apart, by equal keys: a left join on dates as well goes through all pairs.
credentialed as (
    select distinct
        days.measure_code,
        days.local_authority_code,
        days.period_end,
        credentials.worker_key
    from (
        select distinct
            measure_code,
            credential_group,
            local_authority_code,
            period_end
        from cases
    ) as days
    inner join credentials
        on days.local_authority_code = credentials.local_authority_code
        and days.credential_group = credentials.credential_group
        and {{ open_on('credentials.awarded_date', 'credentials.expiry_date',
            'days.period_end') }}
),

allocated as (
    select
        cases.measure_code,
        cases.local_authority_code,
        cases.period_end,
        cases.child_id,
        count(distinct allocations.worker_id) filter (
            where cases.credential_group is null or credentialed.worker_key is not null
        ) as worker_count
    from cases
    inner join {{ ref('int_allocations') }} as allocations
        on cases.local_authority_code = allocations.local_authority_code
        and cases.child_id = allocations.child_id
        and allocations.worker_id is not null
        and {{ open_on('allocations.allocation_start_date', 'allocations.allocation_end_date',
            'cases.period_end') }}
    left join credentialed
        on cases.measure_code = credentialed.measure_code
        and cases.local_authority_code = credentialed.local_authority_code
        and cases.period_end = credentialed.period_end
        and allocations.worker_id = credentialed.worker_key
    group by
        cases.measure_code, cases.local_authority_code, cases.period_end, cases.child_id
)

select
    cases.measure_code,
    'child' as subject_type,
    cases.child_id as subject_key,
    '' as event_key,
    cases.local_authority_code,
    cases.cohort_code,
    periods.period_id,
    1 as denominator_flag,
    case when allocated.worker_count > 0 then 1 else 0 end as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    cast(null as varchar) as exclusion_code,
    cast(null as varchar) as missing_code,
    cast(null as date) as event_date,
    cases.child_id,
    cases.record_source as source_id,
    'workers that count: ' || cast(coalesce(allocated.worker_count, 0) as varchar) as evidence,
    cases._file_sha256,
    cases._row_number
from cases
inner join {{ ref('periods') }} as periods
    on cases.period_end = periods.period_end and periods.period_type <> 'month'
left join allocated
    on cases.measure_code = allocated.measure_code
    and cases.local_authority_code = allocated.local_authority_code
    and cases.period_end = allocated.period_end
    and cases.child_id = allocated.child_id
