with graded as (
    select * from {{ newest_grades() }}
),

-- The last assessment of each area; an instrument without areas is assessed as a whole.
latest as (
    select
        measures.measure_code,
        measures.subject_type,
        measures.counted_from_grade,
        periods.period_id,
        graded.*
    from graded
    inner join {{ ref('self_evaluation_measures') }} as measures
        on graded.instrument_code = measures.instrument_code
        and graded.rater_code = measures.rater_code
        and {{ is_listed_or_any(
            'measures.area_numbers', 'cast(graded.area_number as varchar)'
        ) }}
    inner join {{ ref('periods') }} as periods
        on periods.period_type = 'year'
        and graded.assessment_date <= periods.period_end
        and (measures.looks_at = 'latest' or graded.assessment_date >= periods.period_start)
    qualify graded.assessment_date = max(graded.assessment_date) over (
        partition by
            measures.measure_code, periods.period_id, graded.local_authority_code,
            graded.area_number
    )
),

subjects as (
    select
        measure_code,
        subject_type,
        counted_from_grade,
        period_id,
        local_authority_code,
        case subject_type
            when 'area' then 'area ' || cast(area_number as varchar) else standard_code
        end as subject_key,
        avg(cast(grade as double)) filter (where is_applicable) as grade,
        bool_or(is_applicable) as is_applicable,
        max(assessment_date) as assessment_date,
        min_by(_file_sha256, _row_number) as _file_sha256,
        min(_row_number) as _row_number
    from latest
    group by
        measure_code, subject_type, counted_from_grade, period_id, local_authority_code,
        case subject_type
            when 'area' then 'area ' || cast(area_number as varchar) else standard_code
        end
)

select
    measure_code,
    subject_type,
    subject_key,
    '' as event_key,
    local_authority_code,
    'self_evaluation' as cohort_code,
    period_id,
    case when is_applicable then 1 else 0 end as denominator_flag,
    case
        when is_applicable and counted_from_grade is not null
            then cast(grade >= counted_from_grade as integer)
    end as numerator_flag,
    case when is_applicable and counted_from_grade is null then grade end as value,
    cast(null as double) as exposure,
    case when not is_applicable then 'NOT_APPLICABLE' end as exclusion_code,
    case when is_applicable and grade is null then 'NOT_GRADED' end as missing_code,
    assessment_date as event_date,
    cast(null as varchar) as child_id,
    'local' as source_id,
    'grade: ' || coalesce(cast(grade as varchar), 'none')
    || ', assessed on ' || cast(assessment_date as varchar) as evidence,
    _file_sha256,
    _row_number
from subjects
