with years as (
    select * from {{ ref('periods') }}
    where period_type = 'year'
),

referrals as (
    select
        'referrals_changed' as measure_code,
        case when referrals.referral_date >= years.period_start then 'this_year'
            else 'year_before' end as side,
        'child' as subject_type,
        referrals.child_id as subject_key,
        referrals.referral_id as event_key,
        referrals.local_authority_code,
        years.period_id,
        referrals.referral_date as event_date,
        referrals.child_id,
        referrals.record_source as source_id,
        'referred' as happened,
        referrals._file_sha256,
        referrals._row_number
    from {{ ref('int_referrals') }} as referrals
    inner join years
        on referrals.referral_date <= years.period_end
        and referrals.referral_date >= {{ years_before('years.period_start', 1) }}
),

-- A family in several spells began with the first and closed with the last of them.
families as (
    select
        spells.local_authority_code,
        spells.family_key,
        min(spells.start_date) as start_date,
        max(spells.end_date) as end_date
    from {{ programme_places() }} as spells
    where spells.programme_code = 'intensive_family_support'
        and spells.family_key is not null
        and spells.start_date <= {{ as_at_date() }}
    group by spells.local_authority_code, spells.family_key
    having count(*) = count(spells.end_date)
        and max(spells.end_date) <= {{ as_at_date() }}
),

days as (
    select
        *,
        'before_start' as side,
        start_date as up_to_date
    from families
    union all
    select
        *,
        'before_closing' as side,
        end_date as up_to_date
    from families
),

-- A complaint about several people of a family is one, by the first of them.
complaints as (
    select
        'ifs_asb_complaints_changed' as measure_code,
        days.side,
        'family' as subject_type,
        days.family_key as subject_key,
        incidents.incident_id || ' ' || days.side as event_key,
        days.local_authority_code,
        years.period_id,
        incidents.incident_date as event_date,
        cast(null as varchar) as child_id,
        'local' as source_id,
        'complained of' as happened,
        incidents._file_sha256,
        incidents._row_number
    from days
    inner join years on days.start_date between years.period_start and years.period_end
    inner join {{ ref('stg_local__incidents') }} as incidents
        on days.local_authority_code = incidents.local_authority_code
        and days.family_key = incidents.family_key
        and incidents.incident_type_code = 'asb_complaint'
        and {{ days_between('incidents.incident_date', 'days.up_to_date') }} between 1 and 183
    qualify row_number() over (
        partition by days.local_authority_code, days.side, incidents.incident_id
        order by
            incidents.involvement_number asc, incidents._file_sha256 asc,
            incidents._row_number asc
    ) = 1
),

records as (
    select * from referrals
    union all
    select * from complaints
)

select
    measure_code,
    subject_type,
    subject_key,
    event_key,
    local_authority_code,
    side as cohort_code,
    period_id,
    1 as denominator_flag,
    1 as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    cast(null as varchar) as exclusion_code,
    cast(null as varchar) as missing_code,
    event_date,
    child_id,
    source_id,
    happened || ' ' || cast(event_date as varchar) || ', ' || replace(side, '_', ' ')
        as evidence,
    _file_sha256,
    _row_number
from records
