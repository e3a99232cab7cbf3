with activities as (
    select * from {{ ref('stg_local__board_activity') }}
    qualify row_number() over (
        partition by local_authority_code, activity_id
        order by exported_date desc nulls last, _file_sha256 asc, _row_number desc
    ) = 1
),

chosen as (
    select
        measures.measure_code,
        measures.counted_by,
        measures.counted_grade_group,
        measures.involved_attendee_types,
        case measures.dated_by
            when 'activity_date' then activities.activity_date
            when 'completed_date' then activities.completed_date
        end as event_date,
        activities.*,
        grades.code_group as grade_group
    from activities
    inner join {{ ref('board_measures') }} as measures
        on activities.activity_type_code = measures.activity_type_code
        and {{ is_listed_or_any(
            'measures.activity_status_codes', 'activities.activity_status_code'
        ) }}
    left join {{ ref('codes') }} as grades
        on grades.code_set = 'quality_grade'
        and activities.quality_grade_code = grades.code
),

-- Who came, or was heard in writing, of those whose involvement is asked about.
involved as (
    select
        chosen.measure_code,
        chosen.local_authority_code,
        chosen.activity_id,
        count(distinct attendance.attendee_type_code) as involved_count
    from chosen
    inner join {{ ref('stg_local__attendance') }} as attendance
        on chosen.local_authority_code = attendance.local_authority_code
        and chosen.activity_id = attendance.activity_id
        and {{ is_listed('chosen.involved_attendee_types', 'attendance.attendee_type_code') }}
        and (attendance.has_attended or attendance.report_received_date is not null)
    group by chosen.measure_code, chosen.local_authority_code, chosen.activity_id
),

judged as (
    select
        chosen.*,
        coalesce(involved.involved_count, 0) as involved_count,
        case
            when chosen.counted_by = 'grade' and chosen.quality_grade_code is null
                then 'NOT_GRADED'
        end as exclusion_code,
        case chosen.counted_by
            when 'activity' then true
            when 'grade' then chosen.grade_group = chosen.counted_grade_group
            when 'involvement' then coalesce(involved.involved_count, 0) > 0
        end as is_in_numerator
    from chosen
    left join involved
        on chosen.measure_code = involved.measure_code
        and chosen.local_authority_code = involved.local_authority_code
        and chosen.activity_id = involved.activity_id
)

select
    judged.measure_code,
    'activity' as subject_type,
    judged.activity_id as subject_key,
    '' as event_key,
    judged.local_authority_code,
    'board' as cohort_code,
    periods.period_id,
    case when judged.exclusion_code is null then 1 else 0 end as denominator_flag,
    case
        when judged.exclusion_code is null then cast(judged.is_in_numerator as integer)
    end as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    judged.exclusion_code,
    case
        when judged.exclusion_code is null and judged.is_in_numerator is null
            then 'GRADE_NOT_KNOWN'
    end as missing_code,
    judged.event_date,
    cast(null as varchar) as child_id,
    'local' as source_id,
    case judged.counted_by
        when 'grade' then 'grade: ' || coalesce(judged.quality_grade_code, 'none')
        when 'involvement' then
            'kinds of people involved: ' || cast(judged.involved_count as varchar)
        else judged.activity_status_code
    end as evidence,
    judged._file_sha256,
    judged._row_number
from judged
inner join {{ ref('periods') }} as periods
    on judged.event_date between periods.period_start and periods.period_end
