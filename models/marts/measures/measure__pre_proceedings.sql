with issued as (
    select
        *,
        least(court_application_date, letter_of_issue_date) as issued_date
    from {{ ref('int_pre_proceedings') }}
),

-- A census that asks for the meeting; what other systems hold does not say.
begun as (
    select
        spells.*,
        periods.period_id
    from {{ ref('int_pre_proceedings') }} as spells
    inner join {{ ref('periods') }} as periods
        on spells.pre_proceedings_start_date between periods.period_start and periods.period_end
    where {{ is_listed('spells.held_by_sources', "'cin_census'") }}
    -- A child counts once, by the spell that began last.
    qualify row_number() over (
        partition by spells.local_authority_code, spells.child_id, periods.period_id
        order by spells.pre_proceedings_start_date desc, spells.pre_proceedings_id asc
    ) = 1
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
union all
select
    'pre_proceedings_with_family_meeting_offered' as measure_code,
    'child' as subject_type,
    child_id as subject_key,
    '' as event_key,
    local_authority_code,
    'pre_proceedings' as cohort_code,
    period_id,
    1 as denominator_flag,
    cast(is_family_meeting_offered as integer) as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    cast(null as varchar) as exclusion_code,
    case when is_family_meeting_offered is null then 'NOT_RECORDED' end as missing_code,
    pre_proceedings_start_date as event_date,
    child_id,
    record_source as source_id,
    'family meeting offered: '
    || case
        when is_family_meeting_offered then 'yes'
        when not is_family_meeting_offered then 'no'
        else 'not recorded'
    end as evidence,
    _file_sha256,
    _row_number
from begun
