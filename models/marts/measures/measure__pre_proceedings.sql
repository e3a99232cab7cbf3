with issued as (
    select
        *,
        least(court_application_date, letter_of_issue_date) as issued_date
    from {{ ref('int_pre_proceedings') }}
)

select
    'proceedings_after_a_meeting' as measure_code,
    'child' as subject_type,
    issued.child_id as subject_key,
    issued.pre_proceedings_id as event_key,
    issued.local_authority_code,
    'proceedings' as cohort_code,
    periods.period_id,
    1 as denominator_flag,
    cast(coalesce(issued.initial_meeting_date < issued.issued_date, false) as integer)
        as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    cast(null as varchar) as exclusion_code,
    cast(null as varchar) as missing_code,
    issued.issued_date as event_date,
    issued.child_id,
    issued.record_source as source_id,
    'first meeting: ' || coalesce(cast(issued.initial_meeting_date as varchar), 'none')
        as evidence,
    issued._file_sha256,
    issued._row_number
from issued
inner join {{ ref('periods') }} as periods
    on issued.issued_date between periods.period_start and periods.period_end
