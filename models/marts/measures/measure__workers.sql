with in_scope as (
    select
        measures.*,
        periods.period_id as measured_period_id,
        workers.local_authority_code,
        workers.worker_id,
        workers.period_end as read_on,
        workers.service_days,
        workers._file_sha256,
        workers._row_number,
        case
            when measures.is_employed_only and workers.is_agency_worker then 'AGENCY_WORKER'
            when measures.is_direct_work_only and not coalesce(workers.has_direct_work, false)
                then 'NO_DIRECT_WORK'
            when measures.is_case_holder_only and coalesce(workers.case_count, 0) = 0
                then 'NO_OPEN_CASES'
            when workers.service_days < measures.served_from_days then 'NEW_STARTER'
        end as out_of_scope_code,
        case measures.fact
            when 'service_days' then workers.service_days >= measures.counted_from_days
            when 'post_credential' then workers.has_post_credential
            when 'registration_or_post_credential'
                then workers.has_registration or workers.has_post_credential
            when 'development_plan' then workers.has_development_plan
            when 'management_award' then workers.has_management_award
            when 'reflective_supervision' then workers.has_reflective_supervision
        end as is_in_numerator,
        -- A year of service is 365.25 days.
        case
            when measures.fact = 'service_years'
                then workers.service_days / cast(365.25 as double)
        end
            as service_years
    from {{ ref('workforce_snapshots') }} as workers
    inner join {{ ref('worker_measures') }} as measures
        on workers.record_source = measures.record_source
        and (
            coalesce(
                {{ is_listed('measures.staff_group_codes', 'workers.staff_group_code') }}, false
            )
            or coalesce(
                {{ is_listed('measures.org_role_codes', 'workers.org_role_code') }}, false
            )
            or (measures.staff_group_codes is null and measures.org_role_codes is null)
        )
    inner join {{ ref('periods') }} as periods
        on (measures.read_month is null and workers.period_end = periods.period_end)
        or (
            measures.read_month = month(workers.period_end)
            and periods.period_type = 'year'
            and workers.period_end between periods.period_start and periods.period_end
        )
),

judged as (
    select
        *,
        is_in_numerator is null and service_years is null as is_empty,
        case
            when out_of_scope_code is not null then out_of_scope_code
            when is_in_numerator is null and service_years is null then excluded_when_empty
        end as exclusion_code
    from in_scope
)

select
    measure_code,
    'worker' as subject_type,
    worker_id as subject_key,
    '' as event_key,
    local_authority_code,
    'workforce' as cohort_code,
    measured_period_id as period_id,
    case when exclusion_code is null then 1 else 0 end as denominator_flag,
    case when exclusion_code is null then cast(is_in_numerator as integer) end
        as numerator_flag,
    case when exclusion_code is null then cast(service_years as double) end as value,
    cast(null as double) as exposure,
    exclusion_code,
    case when exclusion_code is null and is_empty then 'NOT_RECORDED' end as missing_code,
    cast(null as date) as event_date,
    cast(null as varchar) as child_id,
    record_source as source_id,
    'in post on ' || cast(read_on as varchar) || ', days of service: '
    || coalesce(cast(service_days as varchar), 'not known') as evidence,
    _file_sha256,
    _row_number
from judged
