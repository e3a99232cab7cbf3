with measures as (
    select * from {{ ref('report_measures') }}
),

days as (
    select * from {{ ref('int_working_days') }}
),

-- What an authority agreed holds from its day on until it ends or the next one begins: a change does
-- not rewrite what was due before.
agreed as (
    select
        targets.local_authority_code,
        indicators.measure_code,
        cast(targets.target_value as integer) as working_day_count,
        targets.valid_from_date,
        least(
            targets.valid_to_date,
            lead(targets.valid_from_date) over (
                partition by targets.local_authority_code, targets.indicator_id
                order by targets.valid_from_date, targets.target_id
            )
        ) as valid_to_date
    from {{ ref('int_targets') }} as targets
    inner join {{ ref('indicators') }} as indicators
        on targets.indicator_id = indicators.indicator_id
    where targets.target_type_code = 'timescale'
        and targets.breakdown = 'all'
        and targets.target_value is not null
),

attendance as (
    select * from {{ ref('stg_local__attendance') }}
    qualify row_number() over (
        partition by local_authority_code, attendance_id
        order by exported_date desc nulls last, _file_sha256 asc, _row_number desc
    ) = 1
),

-- One report of a child for a meeting or an assessment, whoever of the agency was asked for it.
reports as (
    select
        measures.measure_code,
        measures.item,
        attendance.local_authority_code,
        attendance.activity_type_code,
        attendance.activity_id,
        attendance.activity_date,
        attendance.person_key,
        max(identities.child_id) as child_id,
        max(attendance.report_due_date) as due_date,
        min(attendance.report_received_date) as completed_date,
        min_by(attendance._file_sha256, attendance._row_number) as _file_sha256,
        min(attendance._row_number) as _row_number
    from attendance
    inner join measures
        on {{ is_listed('measures.activity_type_codes', 'attendance.activity_type_code') }}
        and {{ is_listed('measures.agency_codes', 'attendance.agency_code') }}
    left join {{ ref('int_identities') }} as identities
        on identities.record_source = 'local'
        and attendance.local_authority_code = identities.local_authority_code
        and attendance.person_key = identities.person_key
    where attendance.person_key is not null
    group by
        measures.measure_code, measures.item, attendance.local_authority_code,
        attendance.activity_type_code, attendance.activity_id, attendance.activity_date,
        attendance.person_key
),

assessments as (
    select
        measures.measure_code,
        assessments.local_authority_code,
        assessments.child_id as subject_key,
        'assessment ' || assessments.assessment_id as event_key,
        assessments.child_id,
        due.calendar_date as placed_date,
        due.calendar_date as due_date,
        assessments.assessment_authorised_date as completed_date,
        coalesce(assessments.has_reversed_dates, false) as has_reversed_dates,
        assessments.record_source as source_id,
        assessments._file_sha256,
        assessments._row_number
    from {{ ref('int_assessments') }} as assessments
    inner join measures on measures.item = 'assessment'
    left join agreed
        on measures.measure_code = agreed.measure_code
        and assessments.local_authority_code = agreed.local_authority_code
        and {{ open_on(
            'agreed.valid_from_date', 'agreed.valid_to_date', 'assessments.assessment_start_date'
        ) }}
    inner join days as begun on assessments.assessment_start_date = begun.calendar_date
    inner join days as due
        on due.is_working_day
        and begun.working_day_number
        + coalesce(agreed.working_day_count, measures.due_working_days) = due.working_day_number
),

contributions as (
    select
        measure_code,
        local_authority_code,
        coalesce(child_id, person_key) as subject_key,
        'contribution ' || activity_id as event_key,
        child_id,
        due_date as placed_date,
        due_date,
        completed_date,
        false as has_reversed_dates,
        'local' as source_id,
        _file_sha256,
        _row_number
    from reports
    where item = 'contribution' and due_date is not null
),

reviews as (
    select
        local_authority_code,
        child_id,
        care_review_id as review_id,
        'looked_after_review' as activity_type_code,
        review_date,
        record_source,
        _file_sha256,
        _row_number
    from {{ ref('int_care_reviews') }}
    where review_date is not null and not coalesce(is_cancelled, false)
    union all
    select
        local_authority_code,
        child_id,
        plan_review_id as review_id,
        'review_conference' as activity_type_code,
        review_date,
        record_source,
        _file_sha256,
        _row_number
    from {{ ref('int_plan_reviews') }}
    where review_date is not null
),

reports_of_reviews as (
    select
        measures.measure_code,
        reviews.local_authority_code,
        reviews.child_id as subject_key,
        'review ' || reviews.review_id as event_key,
        reviews.child_id,
        reviews.review_date as placed_date,
        coalesce(reports.due_date, due.calendar_date) as due_date,
        reports.completed_date,
        false as has_reversed_dates,
        reviews.record_source as source_id,
        reviews._file_sha256,
        reviews._row_number
    from reviews
    inner join measures
        on measures.item = 'review'
        and {{ is_listed('measures.activity_type_codes', 'reviews.activity_type_code') }}
    left join reports
        on measures.measure_code = reports.measure_code
        and reviews.local_authority_code = reports.local_authority_code
        and reviews.child_id = reports.child_id
        and reviews.activity_type_code = reports.activity_type_code
        and reviews.review_date = reports.activity_date
    left join agreed
        on measures.measure_code = agreed.measure_code
        and reviews.local_authority_code = agreed.local_authority_code
        and {{ open_on('agreed.valid_from_date', 'agreed.valid_to_date', 'reviews.review_date') }}
    -- The last of so many working days before the meeting is the day before it, or one before that.
    left join days as eve on {{ day_before('reviews.review_date') }} = eve.calendar_date
    left join days as due
        on due.is_working_day
        and eve.working_day_number + 1
        - coalesce(agreed.working_day_count, measures.due_working_days) = due.working_day_number
    -- Somebody may be known by two numbers, and a report under either.
    qualify row_number() over (
        partition by measures.measure_code, reviews.review_id
        order by reports.completed_date asc nulls last, reports.due_date desc nulls last
    ) = 1
),

due as (
    select * from assessments
    union all
    select * from contributions
    union all
    select * from reports_of_reviews
)

select
    due.measure_code,
    'child' as subject_type,
    due.subject_key,
    due.event_key,
    due.local_authority_code,
    'social_work_due' as cohort_code,
    periods.period_id,
    1 as denominator_flag,
    -- What is not completed is not on time, and waits for nobody.
    case
        when not due.has_reversed_dates
            then cast(coalesce(due.completed_date <= due.due_date, false) as integer)
    end as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    cast(null as varchar) as exclusion_code,
    case when due.has_reversed_dates then 'DATES_REVERSED' end as missing_code,
    due.placed_date as event_date,
    due.child_id,
    due.source_id,
    'due on ' || coalesce(cast(due.due_date as varchar), 'no day')
    || ', completed on ' || coalesce(cast(due.completed_date as varchar), 'no day') as evidence,
    due._file_sha256,
    due._row_number
from due
inner join {{ ref('periods') }} as periods
    on due.placed_date between periods.period_start and periods.period_end
