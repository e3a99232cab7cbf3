with measures as (
    select * from {{ ref('school_move_measures') }}
),

years as (
    select
        *,
        make_date(reporting_year - 1, 8, 31) as day_before_school_year
    from {{ ref('periods') }}
    where period_type = 'year'
),

-- The first day in care in the year, in whichever period of care.
first_days as (
    select
        years.period_id,
        care.local_authority_code,
        care.child_id,
        min(greatest(care.period_start_date, years.period_start)) as first_day
    from {{ ref('int_care_periods') }} as care
    inner join years
        on care.period_start_date <= years.period_end
        and coalesce(care.period_end_date > years.period_start, true)
    where not care.is_short_breaks_only
    group by years.period_id, care.local_authority_code, care.child_id
),

subjects as (
    select
        measures.*,
        years.day_before_school_year,
        looked_after.period_id,
        years.period_end,
        looked_after.local_authority_code,
        looked_after.child_id,
        looked_after.cohort_code,
        looked_after.exclusion_code as cohort_exclusion_code,
        first_days.first_day,
        years.period_start as roll_from,
        years.period_end as roll_to,
        true as is_start_held,
        looked_after.record_source,
        looked_after._file_sha256,
        looked_after._row_number
    from {{ ref('looked_after_at_year_end') }} as looked_after
    inner join measures on measures.population_code = 'looked_after'
    inner join years on looked_after.period_id = years.period_id
    left join first_days
        on looked_after.period_id = first_days.period_id
        and looked_after.local_authority_code = first_days.local_authority_code
        and looked_after.child_id = first_days.child_id
    union all
    select
        measures.*,
        years.day_before_school_year,
        in_need.period_id,
        years.period_end,
        in_need.local_authority_code,
        in_need.child_id,
        in_need.cohort_code,
        cast(null as varchar) as cohort_exclusion_code,
        in_need.status_start_date as first_day,
        in_need.status_start_date as roll_from,
        in_need.status_start_date as roll_to,
        coalesce(in_need.is_status_start_held, true) as is_start_held,
        in_need.record_source,
        in_need._file_sha256,
        in_need._row_number
    from {{ ref('in_need_at_year_end') }} as in_need
    inner join measures on measures.population_code = 'looked_after_or_on_plan'
    inner join years on in_need.period_id = years.period_id
    where in_need.cohort_code in ('in_care', 'protection_plan')
),

schooled as (
    select
        subjects.measure_code,
        subjects.period_id,
        subjects.local_authority_code,
        subjects.child_id,
        count(*) filter (
            where enrolments.entry_date <= subjects.roll_to
                and coalesce(enrolments.leaving_date > subjects.roll_from, true)
        ) as roll_count,
        count(*) filter (
            where enrolments.entry_date between subjects.first_day and subjects.period_end
                and month(enrolments.entry_date)
                not between subjects.transfer_from_month and subjects.transfer_to_month
        ) as move_count
    from subjects
    inner join {{ ref('int_enrolments') }} as enrolments
        on subjects.local_authority_code = enrolments.local_authority_code
        and subjects.child_id = enrolments.child_id
        and {{ is_listed('subjects.school_setting_codes', 'enrolments.setting_type_code') }}
    group by
        subjects.measure_code, subjects.period_id, subjects.local_authority_code,
        subjects.child_id
),

aged as (
    select
        subjects.*,
        {{ age_on('children.date_of_birth', 'subjects.day_before_school_year') }} as age_years,
        coalesce(schooled.roll_count, 0) as roll_count,
        coalesce(schooled.move_count, 0) as move_count
    from subjects
    left join schooled
        on subjects.measure_code = schooled.measure_code
        and subjects.period_id = schooled.period_id
        and subjects.local_authority_code = schooled.local_authority_code
        and subjects.child_id = schooled.child_id
    left join {{ ref('int_children') }} as children
        on subjects.local_authority_code = children.local_authority_code
        and subjects.child_id = children.child_id
),

judged as (
    select
        *,
        case
            when cohort_exclusion_code is not null then cohort_exclusion_code
            when age_years is null then 'AGE_NOT_KNOWN'
            when age_years not between age_from and age_to then 'AGE_OUT_OF_RANGE'
            when is_start_held and roll_count = 0 then 'NOT_ON_ROLL'
        end as exclusion_code
    from aged
)

select
    measure_code,
    'child' as subject_type,
    child_id as subject_key,
    '' as event_key,
    local_authority_code,
    cohort_code,
    period_id,
    case when exclusion_code is null then 1 else 0 end as denominator_flag,
    case when exclusion_code is null and is_start_held and not is_count
        then cast(move_count > 0 as integer) end as numerator_flag,
    case when exclusion_code is null and is_start_held and is_count
        then cast(move_count as double) end as value,
    cast(null as double) as exposure,
    exclusion_code,
    case when exclusion_code is null and not is_start_held then 'CARE_START_NOT_HELD' end
        as missing_code,
    cast(null as date) as event_date,
    child_id,
    record_source as source_id,
    'moves between schools: ' || cast(move_count as varchar) as evidence,
    _file_sha256,
    _row_number
from judged
