with years as (
    select * from {{ ref('periods') }}
    where period_type = 'year'
),

met as (
    select
        local_authority_code, child_id, contact_date as met_date, record_source, _file_sha256,
        _row_number
    from {{ ref('int_contacts') }}
    union all
    select
        local_authority_code, child_id, episode_start_date as met_date, record_source,
        _file_sha256, _row_number
    from {{ ref('int_early_help_episodes') }}
    union all
    select
        local_authority_code, child_id, referral_date as met_date, record_source, _file_sha256,
        _row_number
    from {{ ref('int_referrals') }}
),

-- A child counts once, by the first day that a service knew of it in the year.
known as (
    select
        met.*,
        years.period_id,
        years.reporting_year,
        years.period_start,
        years.period_end,
        {{ age_on('children.date_of_birth', 'met.met_date') }} as age_years
    from met
    inner join years on met.met_date between years.period_start and years.period_end
    inner join {{ ref('int_children') }} as children
        on met.local_authority_code = children.local_authority_code
        and met.child_id = children.child_id
    qualify row_number() over (
        partition by met.local_authority_code, met.child_id, years.period_id
        order by met.met_date asc, met._file_sha256 asc, met._row_number asc
    ) = 1
),

-- Home at the year's end, else the last one before it that is no placement.
homes as (
    select
        known.local_authority_code,
        known.child_id,
        known.period_id,
        addresses.small_area_code,
        known.period_end
    from known
    inner join {{ ref('int_addresses') }} as addresses
        on known.local_authority_code = addresses.local_authority_code
        and known.child_id = addresses.child_id
        and addresses.known_from_date <= known.period_end
    where coalesce(addresses.address_type, '') not like '%placement%'
    qualify row_number() over (
        partition by known.local_authority_code, known.child_id, known.period_id
        order by addresses.known_from_date desc
    ) = 1
),

absent as (
    select
        local_authority_code,
        child_id,
        academic_year,
        sum(coalesce(sessions_authorised, 0) + coalesce(sessions_unauthorised, 0))
        / cast(nullif(sum(sessions_possible), 0) as double) as absence_share
    from {{ newest_records('local__education_attendance',
        ['setting_urn', 'academic_year', 'term_code']) }}
    group by local_authority_code, child_id, academic_year
),

-- Of a kind there may be several, as alcohol misuse by the child and by a parent: one factor.
factors as (
    select
        known.local_authority_code,
        known.child_id,
        known.period_id,
        found.factor_group as factor
    from known
    inner join {{ ref('int_assessment_factors') }} as found
        on known.local_authority_code = found.local_authority_code
        and known.child_id = found.child_id
        and found.assessment_authorised_date between known.period_start and known.period_end
    where found.factor_group <> 'none'
    union
    select
        known.local_authority_code,
        known.child_id,
        known.period_id,
        'absence' as factor
    from known
    inner join absent
        on known.local_authority_code = absent.local_authority_code
        and known.child_id = absent.child_id
        and known.reporting_year - 1 = absent.academic_year
        and absent.absence_share >= 0.1
    union
    select
        known.local_authority_code,
        known.child_id,
        known.period_id,
        'exclusion' as factor
    from known
    inner join {{ newest_records('local__education_exclusions', ['exclusion_id']) }} as excluded
        on known.local_authority_code = excluded.local_authority_code
        and known.child_id = excluded.child_id
        and excluded.exclusion_start_date between known.period_start and known.period_end
    union
    -- Missing is a factor of assessments too: told twice, it is one.
    select
        known.local_authority_code,
        known.child_id,
        known.period_id,
        incidents.incident_type_code as factor
    from known
    inner join {{ newest_records('local__incidents', ['incident_id', 'involvement_number']) }}
        as incidents
        on known.local_authority_code = incidents.local_authority_code
        and known.child_id = incidents.child_id
        and incidents.incident_date between known.period_start and known.period_end
    where incidents.incident_type_code in ('offence', 'missing')
    union
    select
        homes.local_authority_code,
        homes.child_id,
        homes.period_id,
        'low_income_area' as factor
    from homes
    inner join {{ ref('int_deprivation') }} as deprivation
        on homes.small_area_code = deprivation.small_area_code
        and deprivation.deprivation_quintile = 1
        and {{ open_on('deprivation.valid_from', 'deprivation.valid_until',
            'homes.period_end') }}
),

counted as (
    select
        local_authority_code,
        child_id,
        period_id,
        count(*) as factor_count,
        {{ join_codes('factor') }} as factor_codes
    from factors
    group by local_authority_code, child_id, period_id
),

judged as (
    select
        known.*,
        coalesce(counted.factor_count, 0) as factor_count,
        counted.factor_codes,
        case
            when known.age_years is null then 'AGE_NOT_KNOWN'
            when known.age_years not between 0 and 17 then 'AGE_OUT_OF_RANGE'
        end as exclusion_code
    from known
    left join counted
        on known.local_authority_code = counted.local_authority_code
        and known.child_id = counted.child_id
        and known.period_id = counted.period_id
)

select
    'three_or_more_risk_factors' as measure_code,
    'child' as subject_type,
    child_id as subject_key,
    '' as event_key,
    local_authority_code,
    'known_to_services' as cohort_code,
    period_id,
    case when exclusion_code is null then 1 else 0 end as denominator_flag,
    case when exclusion_code is null then cast(factor_count >= 3 as integer) end
        as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    exclusion_code,
    cast(null as varchar) as missing_code,
    met_date as event_date,
    child_id,
    record_source as source_id,
    'factors: ' || coalesce(factor_codes, 'none') as evidence,
    _file_sha256,
    _row_number
from judged
