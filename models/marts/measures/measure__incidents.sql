with rules as (
    select * from {{ ref('incident_indicators') }}
),

-- Living away from the parents: in care, not for short breaks, and not placed with them.
accommodated as (
    select
        placements.local_authority_code,
        placements.child_id,
        placements.placement_start_date,
        placements.placement_end_date
    from {{ ref('int_placements') }} as placements
    inner join {{ ref('int_care_periods') }} as care
        on placements.care_period_id = care.care_period_id
        and not care.is_short_breaks_only
    left join {{ ref('codes') }} as codes
        on codes.code_set = 'placement_type'
        and placements.placement_type_code = codes.code
    where coalesce(codes.code_group, '') <> 'with_parents'
),

identities as (
    select
        local_authority_code,
        person_key,
        min(child_id) as child_id
    from {{ ref('int_identities') }}
    where child_id is not null
    group by local_authority_code, person_key
),

incidents as (
    select
        written.local_authority_code,
        written.incident_id,
        written.involvement_number,
        written.incident_type_code,
        written.incident_date,
        identities.child_id,
        children.sex,
        {{ age_on('children.date_of_birth', 'written.incident_date') }} as age_years,
        written._file_sha256,
        written._row_number
    from {{ ref('stg_local__incidents') }} as written
    left join identities
        on written.local_authority_code = identities.local_authority_code
        and written.person_key = identities.person_key
    left join {{ ref('int_children') }} as children
        on identities.local_authority_code = children.local_authority_code
        and identities.child_id = children.child_id
    where written.person_key is not null
),

judged as (
    select
        rules.measure_code,
        incidents.*,
        case
            when incidents.child_id is null then 'CHILD_NOT_HELD'
            when incidents.age_years is null then 'AGE_NOT_KNOWN'
            when incidents.age_years not between rules.minimum_age and rules.maximum_age
                then 'AGE_OUT_OF_RANGE'
            when rules.sex is not null and coalesce(incidents.sex <> rules.sex, true)
                then 'OTHER_SEX'
            when accommodated.child_id is null then 'NOT_ACCOMMODATED'
        end as exclusion_code
    from incidents
    inner join rules
        on ';' || rules.incident_type_codes || ';'
        like '%;' || incidents.incident_type_code || ';%'
    left join accommodated
        on incidents.local_authority_code = accommodated.local_authority_code
        and incidents.child_id = accommodated.child_id
        and {{ open_on('accommodated.placement_start_date', 'accommodated.placement_end_date',
            'incidents.incident_date') }}
    -- An incident counts once, by the first child in it whom it is about.
    qualify row_number() over (
        partition by rules.measure_code, incidents.local_authority_code, incidents.incident_id
        order by
            case when exclusion_code is null then 0 else 1 end asc,
            incidents.involvement_number asc, incidents._file_sha256 asc,
            incidents._row_number asc
    ) = 1
)

select
    judged.measure_code,
    'child' as subject_type,
    coalesce(judged.child_id, judged.incident_id) as subject_key,
    judged.incident_id as event_key,
    judged.local_authority_code,
    'accommodated' as cohort_code,
    periods.period_id,
    case when judged.exclusion_code is null then 1 else 0 end as denominator_flag,
    case when judged.exclusion_code is null then 1 end as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    judged.exclusion_code,
    cast(null as varchar) as missing_code,
    judged.incident_date as event_date,
    judged.child_id,
    'local' as source_id,
    'incident: ' || judged.incident_type_code as evidence,
    judged._file_sha256,
    judged._row_number
from judged
inner join {{ ref('periods') }} as periods
    on judged.incident_date between periods.period_start and periods.period_end
    and periods.period_type = 'year'
