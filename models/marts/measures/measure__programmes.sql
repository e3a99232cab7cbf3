with rules as (
    select * from {{ ref('programme_indicators') }}
),

years as (
    select * from {{ ref('periods') }}
    where period_type = 'year'
),

spells as (
    select * from {{ programme_places() }} as places
    where programme_code in (select programme_code from rules)
),

families as (
    select * from {{ families_begun('spells') }} as begun
),

-- What each person, or the family as a whole, was scored or found to be at either end.
ends as (
    select
        spells.local_authority_code,
        spells.programme_code,
        spells.family_key,
        reviews.person_key,
        reviews.measure_code,
        min_by(reviews.result_code, reviews.review_date)
            filter (where reviews.review_type_code = 'baseline') as baseline_code,
        min_by(reviews.score, reviews.review_date)
            filter (where reviews.review_type_code = 'baseline') as baseline_score,
        -- What was found later than the closing review says nothing of the day it closed.
        max_by(reviews.result_code, reviews.review_date)
            filter (where reviews.review_type_code in ('review', 'closing')) as latest_code,
        max_by(reviews.score, reviews.review_date)
            filter (where reviews.review_type_code in ('review', 'closing')) as latest_score,
        bool_or(reviews.review_type_code = 'baseline') as has_baseline,
        bool_or(reviews.review_type_code in ('review', 'closing')) as has_latest
    from spells
    inner join {{ ref('stg_local__progress_reviews') }} as reviews
        on spells.local_authority_code = reviews.local_authority_code
        and spells.participation_id = reviews.participation_id
    where spells.family_key is not null
        and reviews.review_date <= {{ as_at_date() }}
    group by
        spells.local_authority_code, spells.programme_code, spells.family_key,
        reviews.person_key, reviews.measure_code
),

reviewed as (
    select
        local_authority_code,
        programme_code,
        family_key,
        bool_or(has_baseline) as has_baseline,
        bool_or(has_latest) as has_latest
    from ends
    group by local_authority_code, programme_code, family_key
),

scales as (
    select
        local_authority_code,
        measure_code,
        domain_code,
        better_when_higher
    from {{ ref('int_followed_measures') }}
),

found as (
    select
        rules.measure_code as indicator_measure_code,
        ends.local_authority_code,
        ends.family_key,
        ends.person_key,
        case
            when ends.measure_code = rules.state_measure_code and rules.state_at = 'baseline'
                then ends.baseline_code
            when ends.measure_code = rules.state_measure_code then ends.latest_code
        end as state_code,
        case when ends.measure_code = rules.other_measure_code then ends.latest_code end
            as other_code,
        case
            when scales.domain_code = rules.domain_code
                and coalesce(ends.baseline_score <= rules.baseline_at_most,
                    rules.baseline_at_most is null)
                and (rules.need_measure_code is null or needs.person_key is not null)
                then ends.baseline_score
        end as counted_baseline_score,
        (ends.latest_score - ends.baseline_score) * scales.better_when_higher as gain,
        needs.person_key is not null as has_need,
        rules.state_codes,
        rules.other_codes,
        rules.least_gain
    from rules
    inner join ends on rules.programme_code = ends.programme_code
    left join scales
        on ends.local_authority_code = scales.local_authority_code
        and ends.measure_code = scales.measure_code
    left join ends as needs
        on rules.need_measure_code = needs.measure_code
        and ends.programme_code = needs.programme_code
        and ends.local_authority_code = needs.local_authority_code
        and ends.family_key = needs.family_key
        and ends.person_key = needs.person_key
        and ';' || rules.need_codes || ';' like '%;' || needs.baseline_code || ';%'
),

-- For a person their own, for a family that of everybody in it.
{%- set facts %}
        bool_or(';' || state_codes || ';' like '%;' || state_code || ';%') as is_state_met,
        bool_or(';' || other_codes || ';' like '%;' || other_code || ';%') as is_other_met,
        bool_or(state_code is not null) as is_state_held,
        bool_or(other_code is not null) as is_other_held,
        bool_or(has_need) as has_need,
        count(counted_baseline_score) as scored_count,
        count(gain) filter (where counted_baseline_score is not null) as gain_count,
        coalesce(
            max(gain) filter (where counted_baseline_score is not null) >= max(least_gain), false
        ) as is_gained,
        coalesce(min(gain) filter (where counted_baseline_score is not null) < 0, false)
            as is_lost
{%- endset %}
found_in_families as (
    select
        indicator_measure_code,
        local_authority_code,
        family_key,
        {{ facts }}
    from found
    group by indicator_measure_code, local_authority_code, family_key
),

found_of_persons as (
    select
        indicator_measure_code,
        local_authority_code,
        family_key,
        person_key,
        {{ facts }}
    from found
    where person_key is not null
    group by indicator_measure_code, local_authority_code, family_key, person_key
),

facts as (
    select
        indicator_measure_code,
        local_authority_code,
        family_key,
        cast(null as varchar) as person_key,
        is_state_met,
        is_other_met,
        is_state_held,
        is_other_held,
        has_need,
        scored_count,
        gain_count,
        is_gained,
        is_lost
    from found_in_families
    union all
    select
        indicator_measure_code,
        local_authority_code,
        family_key,
        person_key,
        is_state_met,
        is_other_met,
        is_state_held,
        is_other_held,
        has_need,
        scored_count,
        gain_count,
        is_gained,
        is_lost
    from found_of_persons
),

members as (
    select
        families.local_authority_code,
        families.programme_code,
        families.family_key,
        members.person_key,
        min({{ age_on('members.date_of_birth', 'families.start_date') }}) as age_years,
        min_by(members._file_sha256, members._row_number) as _file_sha256,
        min(members._row_number) as _row_number
    from {{ members_on_the_day('families') }}
    group by
        families.local_authority_code, families.programme_code, families.family_key,
        members.person_key
),

with_model as (
    select distinct
        local_authority_code,
        programme_code,
        family_key,
        delivery_model_code
    from spells
    where start_date <= {{ as_at_date() }}
),

-- A family once under each of the models that a measure is of, whether it took it or not.
under_models as (
    select
        rules.measure_code as indicator_measure_code,
        families.local_authority_code,
        families.programme_code,
        families.family_key,
        families.start_date,
        models.code as delivery_model_code,
        coalesce(bool_or(with_model.delivery_model_code = models.code), false) as is_under,
        count(with_model.delivery_model_code) > 0 as is_model_held,
        min(families._file_sha256) as _file_sha256,
        min(families._row_number) as _row_number
    from rules
    inner join families on rules.programme_code = families.programme_code
    inner join {{ ref('codes') }} as models
        on models.code_set = 'delivery_model'
        and {{ is_listed('rules.delivery_model_code', 'models.code') }}
    left join with_model
        on families.local_authority_code = with_model.local_authority_code
        and families.programme_code = with_model.programme_code
        and families.family_key = with_model.family_key
    where rules.subject_type = 'family_in_model'
    group by
        rules.measure_code, families.local_authority_code, families.programme_code,
        families.family_key, families.start_date, models.code
),

with_member_of_age as (
    select distinct
        rules.measure_code as indicator_measure_code,
        members.local_authority_code,
        members.family_key
    from rules
    inner join members
        on rules.programme_code = members.programme_code
        and members.age_years between rules.minimum_age and rules.maximum_age
    where rules.subject_type = 'family'
),

people as (
    select
        local_authority_code,
        person_key,
        min(child_id) as child_id
    from {{ ref('int_identities') }}
    group by local_authority_code, person_key
),

subjects as (
    select
        rules.measure_code as indicator_measure_code,
        families.local_authority_code,
        families.programme_code,
        families.family_key,
        families.start_date,
        families.family_key as subject_key,
        '' as event_key,
        cast(null as varchar) as person_key,
        cast(null as varchar) as child_id,
        families._file_sha256,
        families._row_number
    from rules
    inner join families on rules.programme_code = families.programme_code
    where rules.subject_type = 'family'
    union all
    select
        rules.measure_code as indicator_measure_code,
        families.local_authority_code,
        families.programme_code,
        families.family_key,
        families.start_date,
        members.person_key as subject_key,
        families.family_key as event_key,
        members.person_key,
        people.child_id,
        members._file_sha256,
        members._row_number
    from rules
    inner join families on rules.programme_code = families.programme_code
    inner join members
        on families.local_authority_code = members.local_authority_code
        and families.programme_code = members.programme_code
        and families.family_key = members.family_key
        and members.age_years between rules.minimum_age and rules.maximum_age
    left join people
        on members.local_authority_code = people.local_authority_code
        and members.person_key = people.person_key
    where rules.subject_type = 'person'
),

read_by_rule as (
    select
        subjects.indicator_measure_code,
        rules.subject_type,
        subjects.subject_key,
        subjects.event_key,
        subjects.local_authority_code,
        subjects.programme_code,
        years.period_id,
        subjects.start_date,
        subjects.child_id,
        coalesce(reviewed.has_latest, false) as has_latest,
        case
            when rules.needs_review <> 'none' and not coalesce(reviewed.has_baseline, false)
                then 'NO_BASELINE_REVIEW'
            when rules.needs_review = 'latest' and not coalesce(reviewed.has_latest, false)
                then 'NO_LATER_REVIEW'
            when rules.subject_type = 'family' and rules.minimum_age is not null
                and with_member_of_age.family_key is null
                then 'NO_MEMBER_OF_AGE'
            when rules.need_measure_code is not null and not coalesce(facts.has_need, false)
                then 'NO_SUCH_NEED'
            when rules.baseline_at_most is not null and coalesce(facts.scored_count, 0) = 0
                then 'NO_SUCH_NEED'
        end as exclusion_code,
        case
            when rules.state_measure_code is not null
                and not coalesce(facts.is_state_held, false)
                then 'NOT_RECORDED'
            when rules.other_measure_code is not null
                and not coalesce(facts.is_other_held, false)
                then 'NOT_RECORDED'
            when rules.domain_code is not null and coalesce(facts.gain_count, 0) = 0
                then 'NOT_RECORDED'
        end as missing_code,
        (rules.delivery_model_code is null or with_model.family_key is not null)
        and (rules.state_measure_code is null or coalesce(facts.is_state_met, false))
        and (rules.other_measure_code is null or coalesce(facts.is_other_met, false))
        and (rules.domain_code is null or coalesce(facts.is_gained, false))
        and not (coalesce(rules.is_spoilt_by_a_loss, false) and coalesce(facts.is_lost, false))
            as is_in_numerator,
        -- One of the family up and another down leaves it where it was.
        case
            when rules.domain_code is not null and facts.gain_count > 0
                then cast(facts.is_gained as integer) - cast(facts.is_lost as integer)
        end as change_on_baseline,
        subjects._file_sha256,
        subjects._row_number
    from subjects
    inner join rules on subjects.indicator_measure_code = rules.measure_code
    inner join years on subjects.start_date between years.period_start and years.period_end
    left join reviewed
        on subjects.local_authority_code = reviewed.local_authority_code
        and subjects.programme_code = reviewed.programme_code
        and subjects.family_key = reviewed.family_key
    left join with_member_of_age
        on subjects.indicator_measure_code = with_member_of_age.indicator_measure_code
        and subjects.local_authority_code = with_member_of_age.local_authority_code
        and subjects.family_key = with_member_of_age.family_key
    left join with_model
        on subjects.local_authority_code = with_model.local_authority_code
        and subjects.programme_code = with_model.programme_code
        and subjects.family_key = with_model.family_key
        and rules.delivery_model_code = with_model.delivery_model_code
    left join facts
        on subjects.indicator_measure_code = facts.indicator_measure_code
        and subjects.local_authority_code = facts.local_authority_code
        and subjects.family_key = facts.family_key
        and subjects.person_key is not distinct from facts.person_key
),

authorities as (
    select
        rules.measure_code as indicator_measure_code,
        families.local_authority_code,
        families.programme_code,
        years.period_id,
        min(families.start_date) as start_date,
        count(*) as family_count,
        min_by(families._file_sha256, families.family_key) as _file_sha256,
        min_by(families._row_number, families.family_key) as _row_number
    from rules
    inner join families on rules.programme_code = families.programme_code
    inner join years on families.start_date between years.period_start and years.period_end
    where rules.subject_type = 'authority'
    group by
        rules.measure_code, families.local_authority_code, families.programme_code,
        years.period_id
),

records as (
    select
        indicator_measure_code,
        subject_type,
        subject_key,
        event_key,
        local_authority_code,
        programme_code,
        period_id,
        exclusion_code,
        missing_code,
        is_in_numerator,
        change_on_baseline,
        start_date as event_date,
        child_id,
        'began ' || cast(start_date as varchar) || ', '
        || case when has_latest then 'reviewed since' else 'not reviewed since' end as evidence,
        _file_sha256,
        _row_number
    from read_by_rule
    union all
    select
        indicator_measure_code,
        'authority' as subject_type,
        local_authority_code as subject_key,
        '' as event_key,
        local_authority_code,
        programme_code,
        period_id,
        null as exclusion_code,
        null as missing_code,
        true as is_in_numerator,
        null as change_on_baseline,
        start_date as event_date,
        null as child_id,
        'families that began: ' || cast(family_count as varchar) as evidence,
        _file_sha256,
        _row_number
    from authorities
    union all
    select
        under_models.indicator_measure_code,
        'family_in_model' as subject_type,
        under_models.family_key as subject_key,
        under_models.delivery_model_code as event_key,
        under_models.local_authority_code,
        under_models.programme_code,
        years.period_id,
        null as exclusion_code,
        case when not under_models.is_model_held then 'NOT_RECORDED' end as missing_code,
        under_models.is_under as is_in_numerator,
        null as change_on_baseline,
        under_models.start_date as event_date,
        null as child_id,
        'began ' || cast(under_models.start_date as varchar) as evidence,
        under_models._file_sha256,
        under_models._row_number
    from under_models
    inner join years
        on under_models.start_date between years.period_start and years.period_end
    union all
    select
        rules.measure_code as indicator_measure_code,
        'place' as subject_type,
        spells.participation_id as subject_key,
        '' as event_key,
        spells.local_authority_code,
        spells.programme_code,
        years.period_id,
        null as exclusion_code,
        null as missing_code,
        coalesce(spells.start_date <= {{ as_at_date() }}, false)
            as is_in_numerator,
        null as change_on_baseline,
        spells.offered_date as event_date,
        null as child_id,
        'begun: ' || coalesce(cast(spells.start_date as varchar), 'never') as evidence,
        spells._file_sha256,
        spells._row_number
    from rules
    inner join spells on rules.programme_code = spells.programme_code
    inner join years on spells.offered_date between years.period_start and years.period_end
    where rules.subject_type = 'place'
)

select
    indicator_measure_code as measure_code,
    subject_type,
    subject_key,
    event_key,
    local_authority_code,
    programme_code as cohort_code,
    period_id,
    case when exclusion_code is null then 1 else 0 end as denominator_flag,
    case
        when exclusion_code is null and missing_code is null
            then cast(is_in_numerator as integer)
    end as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    exclusion_code,
    case when exclusion_code is null then missing_code end as missing_code,
    event_date,
    child_id,
    'local' as source_id,
    evidence,
    _file_sha256,
    _row_number,
    case when exclusion_code is null and missing_code is null then change_on_baseline end
        as change_on_baseline
from records
