with measures as (
    select * from {{ ref('care_leaver_measures') }}
),

-- The return holds the position at the birthday; that of a live system is of its latest contact.
positions as (
    select
        leavers.*,
        case
            when leavers.record_source = 'ssda903' then leavers.return_year
            else {{ reporting_year(
                'coalesce(leavers.latest_contact_date, leavers.position_date)'
            ) }}
        end as reporting_year,
        children.date_of_birth
    from {{ ref('int_care_leavers') }} as leavers
    left join {{ ref('int_children') }} as children
        on leavers.local_authority_code = children.local_authority_code
        and leavers.child_id = children.child_id
),

asked as (
    select
        measures.measure_code,
        measures.age_from,
        measures.age_to,
        measures.counted_values,
        measures.left_out_values,
        positions.*,
        case
            when positions.record_source = 'ssda903' then positions.age_turned
            else {{ age_on('positions.date_of_birth',
                'make_date(positions.reporting_year, 3, 31)') }}
        end as age_years,
        case measures.fact
            when 'contact_group' then positions.contact_group
            when 'activity_group' then positions.activity_group
            when 'accommodation_group' then positions.accommodation_group
            when 'accommodation_code' then positions.accommodation_code
        end as answer,
        case measures.fact
            when 'contact_group' then 'contact: ' || coalesce(positions.contact_code, 'blank')
            when 'activity_group' then 'activity: ' || coalesce(positions.activity_code, 'blank')
            else 'accommodation: ' || coalesce(positions.accommodation_code, 'blank')
        end as evidence
    from positions
    inner join measures
        on measures.fact <> 'contact_each_year'
        and (
            positions.record_source = 'ssda903'
            or (
                positions.record_source = 'ssd'
                and {{ is_listed('measures.live_eligibility_codes',
                    'positions.eligibility_code') }}
            )
        )
),

answered as (
    select
        *,
        case
            when age_years is null then 'AGE_NOT_KNOWN'
            when age_years not between age_from and age_to then 'AGE_OUT_OF_RANGE'
            when contact_group = 'excluded' then 'CONTACT_' || contact_code
            when {{ is_listed('left_out_values', 'answer') }}
                then 'ABROAD_OR_RESIDENCE_NOT_KNOWN'
        end as exclusion_code,
        {{ is_listed('counted_values', 'answer') }} as is_counted
    from asked
),

-- One row per person: where two positions of the year differ, the one that counts.
judged as (
    select
        measure_code,
        local_authority_code,
        child_id,
        reporting_year,
        exclusion_code,
        case when exclusion_code is null and answer is null then 'NOT_RECORDED' end
            as missing_code,
        is_counted,
        evidence,
        record_source,
        _file_sha256,
        _row_number
    from answered
    qualify row_number() over (
        partition by measure_code, local_authority_code, child_id, reporting_year
        order by
            case when exclusion_code is null then 0 else 1 end asc,
            is_counted desc nulls last,
            case record_source when 'ssda903' then 0 else 1 end asc,
            position_date desc nulls last
    ) = 1
),

-- Every birthday of the follow-up, under the year of the last of them.
birthdays as (
    select
        measures.measure_code,
        measures.age_from,
        measures.age_to,
        leavers.*,
        leavers.return_year + measures.age_to - leavers.age_turned as reporting_year,
        {{ is_listed('measures.counted_values', 'leavers.contact_group') }} as is_counted
    from {{ ref('int_care_leavers') }} as leavers
    inner join measures
        on measures.fact = 'contact_each_year'
        and leavers.age_turned between measures.age_from and measures.age_to
    where leavers.record_source = 'ssda903'
),

followed as (
    select
        measure_code,
        local_authority_code,
        child_id,
        reporting_year,
        max(age_to - age_from + 1) as birthdays_needed,
        bool_or(is_counted) filter (where age_turned = age_from) as is_counted_at_first,
        count(is_counted) as answered_count,
        count(*) filter (where is_counted) as counted_count,
        min(contact_code) filter (where contact_group = 'excluded') as excluded_contact_code,
        max_by(_file_sha256, age_turned) as _file_sha256,
        max_by(_row_number, age_turned) as _row_number
    from birthdays
    group by measure_code, local_authority_code, child_id, reporting_year
),

kept_in_touch as (
    select
        measure_code,
        local_authority_code,
        child_id,
        reporting_year,
        case
            when excluded_contact_code is not null then 'CONTACT_' || excluded_contact_code
            when not is_counted_at_first then 'NOT_IN_TOUCH_AT_FIRST'
        end as exclusion_code,
        -- Somebody once not in touch is known, whatever the other birthdays would say.
        case
            when excluded_contact_code is not null or not is_counted_at_first then null
            when is_counted_at_first is null then 'NOT_IN_RETURN'
            when counted_count = answered_count and answered_count < birthdays_needed
                then 'NOT_IN_RETURN'
        end as missing_code,
        counted_count = birthdays_needed as is_counted,
        'in touch at birthdays: ' || cast(counted_count as varchar) || ' of '
        || cast(answered_count as varchar) || ' returned' as evidence,
        'ssda903' as record_source,
        _file_sha256,
        _row_number
    from followed
),

stacked as (
    select * from judged
    union all
    select * from kept_in_touch
)

select
    stacked.measure_code,
    'child' as subject_type,
    stacked.child_id as subject_key,
    '' as event_key,
    stacked.local_authority_code,
    'care_leaver' as cohort_code,
    periods.period_id,
    case when stacked.exclusion_code is null then 1 else 0 end as denominator_flag,
    case when stacked.exclusion_code is null and stacked.missing_code is null
        then cast(stacked.is_counted as integer) end as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    stacked.exclusion_code,
    stacked.missing_code,
    cast(null as date) as event_date,
    stacked.child_id,
    stacked.record_source as source_id,
    stacked.evidence,
    stacked._file_sha256,
    stacked._row_number
from stacked
inner join {{ ref('periods') }} as periods
    on stacked.reporting_year = periods.reporting_year and periods.period_type = 'year'
