with rules as (
    select * from {{ ref('programme_event_measures') }}
),

years as (
    select * from {{ ref('periods') }}
    where period_type = 'year'
),

spells as (
    select * from {{ programme_places() }} as places
    where family_key is not null
        and programme_code in (select programme_code from rules)
),

families as (
    select * from {{ families_begun('spells') }} as begun
),

reviews as (
    select
        spells.programme_code,
        spells.local_authority_code,
        spells.family_key,
        held.person_key,
        held.measure_code,
        held.review_type_code,
        held.review_date,
        held.result_code
    from spells
    inner join {{ ref('stg_local__progress_reviews') }} as held
        on spells.local_authority_code = held.local_authority_code
        and spells.participation_id = held.participation_id
    where held.review_date <= {{ as_at_date() }}
),

-- The closing review, or the latest where the family has not closed.
reviewed as (
    select
        programme_code,
        local_authority_code,
        family_key,
        bool_or(review_type_code = 'baseline') as has_baseline,
        max(review_date) filter (where review_type_code = 'closing') as closing_date,
        coalesce(
            max(review_date) filter (where review_type_code = 'closing'),
            max(review_date) filter (where review_type_code = 'review')
        ) as review_date
    from reviews
    group by programme_code, local_authority_code, family_key
),

-- What the first baseline found, of a person or of the family as a whole.
found as (
    select
        programme_code,
        local_authority_code,
        family_key,
        person_key,
        measure_code,
        min_by(result_code, review_date) as baseline_code
    from reviews
    where review_type_code = 'baseline'
    group by programme_code, local_authority_code, family_key, person_key, measure_code
),

children as (
    select
        families.local_authority_code,
        families.programme_code,
        families.family_key,
        families.start_date,
        members.person_key,
        min(people.child_id) as child_id,
        min_by(members._file_sha256, members._row_number) as _file_sha256,
        min(members._row_number) as _row_number
    from {{ members_on_the_day('families') }}
    left join {{ ref('int_identities') }} as people
        on members.local_authority_code = people.local_authority_code
        and members.person_key = people.person_key
    where {{ age_on('members.date_of_birth', 'families.start_date') }} between 0 and 17
    group by
        families.local_authority_code, families.programme_code, families.family_key,
        families.start_date, members.person_key
),

-- The 12 months up to the start and the weeks up to the review: neither the day of the start.
exclusions as (
    select
        rules.measure_code,
        children.local_authority_code,
        children.family_key,
        bool_or(
            {{ days_between('excluded.exclusion_start_date', 'children.start_date') }}
            between 1 and rules.days_before
        ) as is_excluded_before,
        bool_or(
            {{ days_between('excluded.exclusion_start_date', 'reviewed.review_date') }}
            between 0 and rules.days_after - 1
        ) as is_excluded_after,
        bool_or(
            excluded.exclusion_category_code = 'PERM'
            and excluded.exclusion_start_date <= reviewed.review_date
            and back.person_key is null
        ) as is_off_roll
    from rules
    inner join children on rules.programme_code = children.programme_code
    inner join reviewed
        on children.programme_code = reviewed.programme_code
        and children.local_authority_code = reviewed.local_authority_code
        and children.family_key = reviewed.family_key
    inner join {{ ref('stg_local__education_exclusions') }} as excluded
        on children.local_authority_code = excluded.local_authority_code
        and children.person_key = excluded.person_key
    left join {{ ref('stg_local__education_enrolments') }} as back
        on excluded.local_authority_code = back.local_authority_code
        and excluded.person_key = back.person_key
        and excluded.exclusion_category_code = 'PERM'
        and back.entry_date >= excluded.exclusion_start_date
        and {{ open_on('back.entry_date', 'back.leaving_date', 'reviewed.review_date') }}
    where rules.fact = 'school_exclusion'
    group by rules.measure_code, children.local_authority_code, children.family_key
),

violence as (
    select
        rules.measure_code,
        reviewed.local_authority_code,
        reviewed.family_key,
        count(distinct incidents.incident_id) as incident_count
    from rules
    inner join reviewed on rules.programme_code = reviewed.programme_code
    inner join {{ ref('stg_local__incidents') }} as incidents
        on reviewed.local_authority_code = incidents.local_authority_code
        and reviewed.family_key = incidents.family_key
        and rules.fact = incidents.incident_type_code
        and {{ days_between('incidents.incident_date', 'reviewed.review_date') }}
        between 0 and rules.days_after - 1
    group by rules.measure_code, reviewed.local_authority_code, reviewed.family_key
),

of_families as (
    select
        rules.measure_code,
        'family' as subject_type,
        families.family_key as subject_key,
        '' as event_key,
        families.local_authority_code,
        families.programme_code,
        families.start_date,
        cast(null as varchar) as child_id,
        case
            when reviewed.review_date is null then 'NO_LATER_REVIEW'
            when rules.need_measure_code is not null
                and not coalesce({{ is_listed('rules.need_codes', 'found.baseline_code') }}, false)
                then 'NO_SUCH_NEED'
            when rules.fact = 'school_exclusion'
                and not coalesce(exclusions.is_excluded_before, false)
                then 'NO_SUCH_NEED'
            when rules.fact = 'home_violence'
                and {{ days_between('families.start_date', 'reviewed.review_date') }}
                < rules.days_after
                then 'UNDER_6_MONTHS'
        end as exclusion_code,
        cast(null as varchar) as missing_code,
        case rules.fact
            when 'school_exclusion'
                then not exclusions.is_excluded_after and not exclusions.is_off_roll
            else violence.incident_count is null
        end as is_in_numerator,
        'reviewed ' || coalesce(cast(reviewed.review_date as varchar), 'never') as evidence,
        families._file_sha256,
        families._row_number
    from rules
    inner join families on rules.programme_code = families.programme_code
    left join reviewed
        on families.programme_code = reviewed.programme_code
        and families.local_authority_code = reviewed.local_authority_code
        and families.family_key = reviewed.family_key
    left join found
        on rules.need_measure_code = found.measure_code
        and families.programme_code = found.programme_code
        and families.local_authority_code = found.local_authority_code
        and families.family_key = found.family_key
        and found.person_key is null
    left join exclusions
        on rules.measure_code = exclusions.measure_code
        and families.local_authority_code = exclusions.local_authority_code
        and families.family_key = exclusions.family_key
    left join violence
        on rules.measure_code = violence.measure_code
        and families.local_authority_code = violence.local_authority_code
        and families.family_key = violence.family_key
    where rules.fact in ('school_exclusion', 'home_violence')
),

at_risk as (
    select
        rules.measure_code,
        rules.need_codes,
        rules.days_after,
        children.*,
        found.baseline_code,
        reviewed.closing_date,
        {{ days_between('children.start_date', as_at_date()) }}
        < rules.days_after as is_not_due
    from rules
    inner join children on rules.programme_code = children.programme_code
    left join found
        on rules.need_measure_code = found.measure_code
        and children.programme_code = found.programme_code
        and children.local_authority_code = found.local_authority_code
        and children.family_key = found.family_key
        and children.person_key = found.person_key
    left join reviewed
        on children.programme_code = reviewed.programme_code
        and children.local_authority_code = reviewed.local_authority_code
        and children.family_key = reviewed.family_key
    where rules.fact = 'care_entry'
),

-- A child whom no return of care knows has not entered it.
entries as (
    select
        at_risk.measure_code,
        at_risk.local_authority_code,
        at_risk.family_key,
        at_risk.person_key,
        min(care.period_start_date) as entry_date
    from at_risk
    inner join {{ ref('int_care_periods') }} as care
        on at_risk.local_authority_code = care.local_authority_code
        and at_risk.child_id = care.child_id
        and care.period_start_date >= at_risk.start_date
        and (
            {{ days_between('at_risk.start_date', 'care.period_start_date') }}
            <= at_risk.days_after
            or care.period_start_date <= at_risk.closing_date
        )
        and not care.is_short_breaks_only
    group by
        at_risk.measure_code, at_risk.local_authority_code, at_risk.family_key,
        at_risk.person_key
),

of_children as (
    select
        at_risk.measure_code,
        'person' as subject_type,
        at_risk.person_key as subject_key,
        at_risk.family_key as event_key,
        at_risk.local_authority_code,
        at_risk.programme_code,
        at_risk.start_date,
        at_risk.child_id,
        case
            when not coalesce({{ is_listed('at_risk.need_codes', 'at_risk.baseline_code') }}, false)
                then 'NO_SUCH_NEED'
        end as exclusion_code,
        case when entries.entry_date is null and at_risk.is_not_due then 'NOT_DUE' end
            as missing_code,
        entries.entry_date is null as is_in_numerator,
        'risk ' || coalesce(at_risk.baseline_code, 'not recorded') || ', entered care '
        || coalesce(cast(entries.entry_date as varchar), 'never') as evidence,
        at_risk._file_sha256,
        at_risk._row_number
    from at_risk
    left join entries
        on at_risk.measure_code = entries.measure_code
        and at_risk.local_authority_code = entries.local_authority_code
        and at_risk.family_key = entries.family_key
        and at_risk.person_key = entries.person_key
),

records as (
    select * from of_families
    union all
    select * from of_children
)

select
    records.measure_code,
    records.subject_type,
    records.subject_key,
    records.event_key,
    records.local_authority_code,
    records.programme_code as cohort_code,
    years.period_id,
    case when records.exclusion_code is null then 1 else 0 end as denominator_flag,
    case
        when records.exclusion_code is null and records.missing_code is null
            then cast(records.is_in_numerator as integer)
    end as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    records.exclusion_code,
    case when records.exclusion_code is null then records.missing_code end as missing_code,
    records.start_date as event_date,
    records.child_id,
    'local' as source_id,
    records.evidence,
    records._file_sha256,
    records._row_number
from records
inner join years on records.start_date between years.period_start and years.period_end
