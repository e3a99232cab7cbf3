with leavers as (
    select
        *,
        case
            when age_turned is null then 'AGE_NOT_KNOWN'
            when age_turned not between 19 and 21 then 'AGE_OUT_OF_RANGE'
            when contact_group = 'excluded' then 'CONTACT_' || contact_code
            when accommodation_group = 'no_suitability' then 'ABROAD_OR_RESIDENCE_NOT_KNOWN'
        end as exclusion_code
    from {{ ref('int_care_leavers') }}
    -- The position at the birthday; live systems hold that of the day they were exported.
    where record_source = 'ssda903'
)

select
    'care_leavers_suitable_accommodation' as measure_code,
    'child' as subject_type,
    leavers.child_id as subject_key,
    '' as event_key,
    leavers.local_authority_code,
    'care_leaver' as cohort_code,
    periods.period_id,
    case when leavers.exclusion_code is null then 1 else 0 end as denominator_flag,
    case
        when leavers.exclusion_code is null and leavers.accommodation_group is not null
            -- Not known (0) stays in the denominator and is not suitable.
            then cast(leavers.accommodation_group = 'suitable' as integer)
    end as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    leavers.exclusion_code,
    case
        when leavers.exclusion_code is null and leavers.accommodation_group is null
            then 'NOT_RECORDED'
    end as missing_code,
    cast(null as date) as event_date,
    leavers.child_id,
    leavers.record_source as source_id,
    'accommodation: ' || coalesce(leavers.accommodation_code, 'blank') as evidence,
    leavers._file_sha256,
    leavers._row_number
from leavers
inner join {{ ref('periods') }} as periods
    on leavers.return_year = periods.reporting_year and periods.period_type = 'year'
