with measures as (
    select * from {{ ref('accommodated_measures') }}
),

years as (
    select
        period_id,
        period_start,
        period_end
    from {{ ref('periods') }}
    where period_type = 'year'
),

stays as (
    select * from {{ ref('int_accommodated_periods') }}
),

-- Starts of the year that ends as many days before the date as they are followed up.
starts as (
    select
        measures.measure_code,
        measures.check_type_code,
        measures.days_after,
        years.period_id,
        stays.*,
        case
            when not stays.is_start_held then 'CARE_START_NOT_HELD'
            when {{ days_between('stays.accommodated_from_date', 'stays.accommodated_until_date') }}
                < measures.days_after then 'LEFT_BEFORE_FOLLOW_UP'
        end as exclusion_code
    from stays
    inner join measures on measures.counted_by = 'assessment_after_start'
    inner join years
        on {{ days_between('stays.accommodated_from_date', 'years.period_end') }}
        >= measures.days_after
        and {{ days_between('stays.accommodated_from_date', 'years.period_start') }}
        <= measures.days_after
),

-- Systems write the code of the state or its label.
checked as (
    select
        starts.measure_code,
        starts.accommodated_period_id,
        min(checks.check_date) as check_date
    from starts
    inner join {{ ref('int_health_checks') }} as checks
        on starts.local_authority_code = checks.local_authority_code
        and starts.child_id = checks.child_id
        and starts.check_type_code = checks.check_type_code
        and upper(checks.check_status_code) = 'COMPLETED'
        and {{ days_between('starts.accommodated_from_date', 'checks.check_date') }}
        between 0 and starts.days_after
    group by starts.measure_code, starts.accommodated_period_id
),

assessed as (
    select
        starts.measure_code,
        starts.accommodated_period_id as event_key,
        starts.local_authority_code,
        starts.child_id,
        starts.period_id,
        starts.exclusion_code,
        checked.check_date is not null as is_in_numerator,
        starts.accommodated_from_date as event_date,
        'assessed: ' || coalesce(cast(checked.check_date as varchar), 'not in time') as evidence,
        starts.record_source,
        starts._file_sha256,
        starts._row_number
    from starts
    left join checked
        on starts.measure_code = checked.measure_code
        and starts.accommodated_period_id = checked.accommodated_period_id
),

-- Days away from the parents in the year, by their first and last.
in_year as (
    select
        years.period_id,
        years.period_start,
        years.period_end,
        stays.local_authority_code,
        stays.child_id,
        min(greatest(stays.accommodated_from_date, years.period_start)) as first_day,
        max(
            case
                when stays.accommodated_until_date <= years.period_end
                    then {{ day_before('stays.accommodated_until_date') }}
                else years.period_end
            end
        ) as last_day,
        min_by(stays.record_source, stays.accommodated_from_date) as record_source,
        min_by(stays._file_sha256, stays.accommodated_from_date) as _file_sha256,
        min_by(stays._row_number, stays.accommodated_from_date) as _row_number
    from stays
    inner join years
        on stays.accommodated_from_date <= years.period_end
        and coalesce(stays.accommodated_until_date > years.period_start, true)
    group by
        years.period_id, years.period_start, years.period_end, stays.local_authority_code,
        stays.child_id
),

-- Offences of one day are one; which time away from the parents it falls in, if in any.
offence_days as (
    select
        offences.local_authority_code,
        offences.child_id,
        offences.offence_date,
        max(stays.accommodated_from_date) as accommodated_from_date
    from {{ ref('int_offences') }} as offences
    left join stays
        on offences.local_authority_code = stays.local_authority_code
        and offences.child_id = stays.child_id
        and {{ open_on('stays.accommodated_from_date', 'stays.accommodated_until_date',
            'offences.offence_date') }}
    where offences.record_source = 'local' and offences.offence_date is not null
    group by offences.local_authority_code, offences.child_id, offences.offence_date
),

-- Days on which so many lie within the window: of all offences, and of those while accommodated.
persistent_days as (
    select
        measures.measure_code,
        latest.local_authority_code,
        latest.child_id,
        latest.offence_date,
        latest.accommodated_from_date,
        count(*) >= max(measures.offence_days_needed) as is_persistent,
        count(earlier.accommodated_from_date) >= max(measures.offence_days_needed)
            as is_persistent_while_accommodated
    from offence_days as latest
    inner join measures on measures.counted_by = 'offences'
    inner join offence_days as earlier
        on latest.local_authority_code = earlier.local_authority_code
        and latest.child_id = earlier.child_id
        and {{ days_between('earlier.offence_date', 'latest.offence_date') }} >= 0
        and {{ days_between('earlier.offence_date', 'latest.offence_date') }}
        < measures.offence_window_days
    group by
        measures.measure_code, latest.local_authority_code, latest.child_id,
        latest.offence_date, latest.accommodated_from_date
),

became_persistent as (
    select
        days.measure_code,
        days.local_authority_code,
        days.child_id,
        days.offence_date
    from persistent_days as days
    left join persistent_days as before
        on days.measure_code = before.measure_code
        and days.local_authority_code = before.local_authority_code
        and days.child_id = before.child_id
        and before.is_persistent
        and before.offence_date < days.accommodated_from_date
    where days.accommodated_from_date is not null
        and days.is_persistent_while_accommodated
        and before.child_id is null
),

offended as (
    select
        measures.measure_code,
        '' as event_key,
        in_year.local_authority_code,
        in_year.child_id,
        in_year.period_id,
        case
            when children.date_of_birth is null then 'AGE_NOT_KNOWN'
            when {{ age_on('children.date_of_birth', 'in_year.last_day') }} < measures.age_from
                or {{ age_on('children.date_of_birth', 'in_year.first_day') }} > measures.age_to
                then 'AGE_OUT_OF_RANGE'
        end as exclusion_code,
        count(became_persistent.offence_date) > 0 as is_in_numerator,
        cast(null as date) as event_date,
        'days on which offending was persistent: '
        || cast(count(became_persistent.offence_date) as varchar) as evidence,
        in_year.record_source,
        in_year._file_sha256,
        in_year._row_number
    from in_year
    inner join measures on measures.counted_by = 'offences'
    left join {{ ref('int_children') }} as children
        on in_year.local_authority_code = children.local_authority_code
        and in_year.child_id = children.child_id
    left join became_persistent
        on measures.measure_code = became_persistent.measure_code
        and in_year.local_authority_code = became_persistent.local_authority_code
        and in_year.child_id = became_persistent.child_id
        and became_persistent.offence_date between in_year.period_start and in_year.period_end
    group by all
),

stacked as (
    select * from assessed
    union all
    select * from offended
)

select
    measure_code,
    'child' as subject_type,
    child_id as subject_key,
    event_key,
    local_authority_code,
    'accommodated' as cohort_code,
    period_id,
    case when exclusion_code is null then 1 else 0 end as denominator_flag,
    case when exclusion_code is null then cast(is_in_numerator as integer) end
        as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    exclusion_code,
    cast(null as varchar) as missing_code,
    event_date,
    child_id,
    record_source as source_id,
    evidence,
    _file_sha256,
    _row_number
from stacked
