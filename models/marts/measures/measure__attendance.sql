with attendance as (
    select * from {{ ref('stg_local__attendance') }}
    qualify row_number() over (
        partition by local_authority_code, attendance_id
        order by exported_date desc nulls last, _file_sha256 asc, _row_number desc
    ) = 1
),

activities as (
    select
        local_authority_code,
        activity_id,
        max_by(activity_status_code, exported_date) as activity_status_code
    from {{ ref('stg_local__board_activity') }}
    group by local_authority_code, activity_id
),

asked as (
    select
        measures.measure_code,
        measures.counted_once_per,
        measures.is_count,
        attendance.local_authority_code,
        attendance.activity_date,
        case measures.counted_once_per
            when 'agency_and_meeting' then coalesce(attendance.agency_code, 'not stated')
            -- Nobody's number is there: each such row is somebody.
            else coalesce(attendance.attendee_key, attendance.attendance_id)
        end as subject_key,
        case when measures.counted_once_per = 'person' then '' else attendance.activity_id end
            as event_key,
        coalesce(
            {{ is_listed('measures.left_out_agency_codes', 'attendance.agency_code') }}, false
        ) as is_left_out,
        attendance.has_attended,
        measures.is_report_counted and attendance.report_received_date is not null
            as has_reported,
        attendance._file_sha256,
        attendance._row_number
    from attendance
    inner join {{ ref('attendance_measures') }} as measures
        on {{ is_listed('measures.activity_type_codes', 'attendance.activity_type_code') }}
        and {{ is_listed_or_any(
            'measures.attendee_type_codes', 'attendance.attendee_type_code'
        ) }}
        and (attendance.is_invited or not measures.is_invited_only)
    left join activities
        on attendance.local_authority_code = activities.local_authority_code
        and attendance.activity_id = activities.activity_id
    where {{ is_listed_or_any(
        'measures.activity_status_codes', 'activities.activity_status_code'
    ) }}
),

-- A meeting about brothers and sisters has a row for each of them, and one seat.
seats as (
    select
        asked.measure_code,
        asked.counted_once_per,
        asked.is_count,
        asked.local_authority_code,
        periods.period_id,
        asked.subject_key,
        asked.event_key,
        bool_or(asked.is_left_out) as is_left_out,
        bool_or(asked.has_attended) as has_attended,
        bool_or(asked.has_reported) as has_reported,
        max(asked.activity_date) as activity_date,
        min_by(asked._file_sha256, asked._row_number) as _file_sha256,
        min(asked._row_number) as _row_number
    from asked
    inner join {{ ref('periods') }} as periods
        on asked.activity_date between periods.period_start and periods.period_end
    group by
        asked.measure_code, asked.counted_once_per, asked.is_count,
        asked.local_authority_code, periods.period_id, asked.subject_key, asked.event_key
),

judged as (
    select
        *,
        has_attended or has_reported as has_taken_part,
        case
            when is_left_out then 'AGENCY_LEFT_OUT'
            when is_count and not (has_attended or has_reported) then 'DID_NOT_TAKE_PART'
        end as exclusion_code
    from seats
)

select
    measure_code,
    case counted_once_per when 'agency_and_meeting' then 'agency' else 'worker' end
        as subject_type,
    subject_key,
    event_key,
    local_authority_code,
    'invited' as cohort_code,
    period_id,
    case when exclusion_code is null then 1 else 0 end as denominator_flag,
    case when exclusion_code is null then cast(has_taken_part as integer) end
        as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    exclusion_code,
    case when exclusion_code is null and has_taken_part is null then 'NOT_RECORDED' end
        as missing_code,
    activity_date as event_date,
    cast(null as varchar) as child_id,
    'local' as source_id,
    case
        when has_attended then 'attended'
        when has_reported then 'sent a report'
        else 'neither attended nor sent a report that counts'
    end as evidence,
    _file_sha256,
    _row_number
from judged
