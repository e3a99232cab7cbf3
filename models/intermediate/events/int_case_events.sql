with factors_of_assessments as (
    select
        local_authority_code,
        assessment_id,
        {{ join_codes('factor_code') }} as factor_codes
    from {{ ref('int_assessment_factors') }}
    group by local_authority_code, assessment_id
),

factors_of_referrals as (
    select
        assessments.local_authority_code,
        assessments.referral_id,
        {{ join_codes('factors.factor_code') }} as factor_codes
    from {{ ref('int_assessments') }} as assessments
    inner join {{ ref('int_assessment_factors') }} as factors
        on assessments.local_authority_code = factors.local_authority_code
        and assessments.assessment_id = factors.assessment_id
    where assessments.referral_id is not null
    group by assessments.local_authority_code, assessments.referral_id
),

referrals as (
    select
        'referral_received' as event_kind,
        referrals.referral_id as event_id,
        referrals.local_authority_code,
        referrals.child_id,
        cast(null as date) as began_date,
        referrals.referral_date as event_date,
        case
            when referrals.is_no_further_action then 'no_further_action'
            when not referrals.is_no_further_action then 'acted_on'
            else 'outcome_not_recorded'
        end
        || case when referrals.is_not_in_need then ';not_in_need' else '' end
        || coalesce(';' || referrals.primary_need_code, '')
        || coalesce(';' || found.factor_codes, '') as event_codes,
        referrals.record_source,
        referrals._file_sha256,
        referrals._row_number
    from {{ ref('int_referrals') }} as referrals
    left join factors_of_referrals as found
        on referrals.local_authority_code = found.local_authority_code
        and referrals.referral_id = found.referral_id
),

-- An end that nobody saw is no event.
closures as (
    select
        'referral_closed' as event_kind,
        referral_id as event_id,
        local_authority_code,
        child_id,
        referral_date as began_date,
        closure_date as event_date,
        closure_reason_code as event_codes,
        record_source,
        _file_sha256,
        _row_number
    from {{ ref('int_referrals') }}
    where closure_date is not null and not is_end_inferred
),

assessments as (
    select
        'assessment_authorised' as event_kind,
        assessments.assessment_id as event_id,
        assessments.local_authority_code,
        assessments.child_id,
        assessments.assessment_start_date as began_date,
        assessments.assessment_authorised_date as event_date,
        factors.factor_codes as event_codes,
        assessments.record_source,
        assessments._file_sha256,
        assessments._row_number
    from {{ ref('int_assessments') }} as assessments
    left join factors_of_assessments as factors
        on assessments.local_authority_code = factors.local_authority_code
        and assessments.assessment_id = factors.assessment_id
    where assessments.assessment_authorised_date is not null
),

enquiries as (
    select
        'section_47_started' as event_kind,
        section_47_enquiry_id as event_id,
        local_authority_code,
        child_id,
        cast(null as date) as began_date,
        enquiry_start_date as event_date,
        case
            when coalesce(is_conference_not_required, false) or initial_conference_date is null
                then 'no_conference'
            else 'conference'
        end as event_codes,
        record_source,
        _file_sha256,
        _row_number
    from {{ ref('int_section_47_enquiries') }}
),

conferences as (
    select
        'conference_of_enquiry' as event_kind,
        section_47_enquiry_id as event_id,
        local_authority_code,
        child_id,
        enquiry_start_date as began_date,
        initial_conference_date as event_date,
        cast(null as varchar) as event_codes,
        record_source,
        _file_sha256,
        _row_number
    from {{ ref('int_section_47_enquiries') }}
    where initial_conference_date is not null
),

plan_starts as (
    select
        'protection_plan_started' as event_kind,
        protection_plan_id as event_id,
        local_authority_code,
        child_id,
        cast(null as date) as began_date,
        plan_start_date as event_date,
        cast(null as varchar) as event_codes,
        record_source,
        _file_sha256,
        _row_number
    from {{ ref('int_protection_plans') }}
),

-- Whether the child stepped down: a case was still open on the day after.
plan_ends as (
    select
        'protection_plan_ended' as event_kind,
        plans.protection_plan_id as event_id,
        plans.local_authority_code,
        plans.child_id,
        plans.plan_start_date as began_date,
        plans.plan_end_date as event_date,
        case when count(cases.need_episode_id) > 0 then 'case_open' else 'case_closed' end
            as event_codes,
        plans.record_source,
        plans._file_sha256,
        plans._row_number
    from {{ ref('int_protection_plans') }} as plans
    left join {{ ref('int_need_episodes') }} as cases
        on plans.local_authority_code = cases.local_authority_code
        and plans.child_id = cases.child_id
        and {{ open_on('cases.need_start_date', 'cases.need_end_date',
            day_after('plans.plan_end_date')) }}
    where plans.plan_end_date is not null and not plans.is_end_inferred
    group by
        plans.protection_plan_id, plans.local_authority_code, plans.child_id,
        plans.plan_start_date, plans.plan_end_date, plans.record_source, plans._file_sha256,
        plans._row_number
),

-- Care without short breaks, and each episode beside those around it.
care_periods as (
    select * from {{ ref('int_care_periods') }} where not is_short_breaks_only
),

episodes as (
    select
        episodes.*,
        coalesce(places.code_group, '') = 'with_parents' as is_with_parents,
        row_number() over run as episode_number,
        lead(starts.code_group) over run as next_start_group
    from {{ ref('int_care_episodes') }} as episodes
    left join {{ ref('codes') }} as places
        on places.code_set = 'placement_type' and episodes.placement_type_code = places.code
    left join {{ ref('codes') }} as starts
        on starts.code_set = 'reason_new_episode'
        and episodes.episode_start_reason_code = starts.code
    where not episodes.is_short_break
    window run as (
        partition by episodes.local_authority_code, episodes.care_period_id
        order by episodes.episode_start_date
    )
),

-- Where a child lives, whatever the nights in a hospital or on holiday.
lasting as (
    select
        *,
        lag(is_with_parents) over run as was_with_parents,
        lead(episode_start_date) over run is null as is_last
    from episodes
    where not is_temporary
    window run as (
        partition by local_authority_code, care_period_id order by episode_start_date
    )
),

care_starts as (
    select
        'care_started' as event_kind,
        care_periods.care_period_id as event_id,
        care_periods.local_authority_code,
        care_periods.child_id,
        cast(null as date) as began_date,
        care_periods.period_start_date as event_date,
        first_episodes.legal_status_code as event_codes,
        care_periods.record_source,
        care_periods._file_sha256,
        care_periods._row_number
    from care_periods
    left join episodes as first_episodes
        on care_periods.care_period_id = first_episodes.care_period_id
        and first_episodes.episode_number = 1
    where care_periods.is_start_held
),

care_ends as (
    select
        'care_ended' as event_kind,
        care_periods.care_period_id as event_id,
        care_periods.local_authority_code,
        care_periods.child_id,
        care_periods.period_start_date as began_date,
        care_periods.period_end_date as event_date,
        coalesce(care_periods.period_end_reason_code, 'not_recorded')
        || case when lasting.is_with_parents then ';from_parents' else '' end as event_codes,
        care_periods.record_source,
        care_periods._file_sha256,
        care_periods._row_number
    from care_periods
    left join lasting
        on care_periods.care_period_id = lasting.care_period_id
        and lasting.is_last
    where care_periods.period_end_date is not null and not care_periods.is_end_inferred
),

-- Living away from the parents, and back with them, in care.
accommodated as (
    select
        'accommodated' as event_kind,
        lasting.care_episode_id as event_id,
        lasting.local_authority_code,
        lasting.child_id,
        cast(null as date) as began_date,
        case when lasting.was_with_parents is null then care_periods.period_start_date
            else lasting.episode_start_date end as event_date,
        lasting.placement_type_code as event_codes,
        lasting.record_source,
        lasting._file_sha256,
        lasting._row_number
    from lasting
    inner join care_periods on lasting.care_period_id = care_periods.care_period_id
    where
        not lasting.is_with_parents
        and coalesce(lasting.was_with_parents, care_periods.is_start_held)
),

away as (
    select
        'away_from_parents' as event_kind,
        care_episode_id as event_id,
        local_authority_code,
        child_id,
        cast(null as date) as began_date,
        episode_start_date as event_date,
        placement_type_code as event_codes,
        record_source,
        _file_sha256,
        _row_number
    from lasting
    where not is_with_parents
),

with_parents as (
    select
        'placed_with_parents' as event_kind,
        care_episode_id as event_id,
        local_authority_code,
        child_id,
        cast(null as date) as began_date,
        episode_start_date as event_date,
        placement_type_code as event_codes,
        record_source,
        _file_sha256,
        _row_number
    from lasting
    where is_with_parents and not was_with_parents
),

placement_changes as (
    select
        'placement_changed' as event_kind,
        care_episode_id as event_id,
        local_authority_code,
        child_id,
        cast(null as date) as began_date,
        episode_end_date as event_date,
        placement_change_reason_code as event_codes,
        record_source,
        _file_sha256,
        _row_number
    from episodes
    where next_start_group in ('placement_and_carer', 'legal_placement_and_carer')
),

-- The earliest of anything held: an early help episode, or a referral that was acted on.
helped as (
    select
        'early_help' as event_codes,
        early_help_episode_id as event_id,
        local_authority_code,
        child_id,
        episode_start_date as event_date,
        record_source,
        _file_sha256,
        _row_number
    from {{ ref('int_early_help_episodes') }}
    union all
    select
        'referral' as event_codes,
        referral_id as event_id,
        local_authority_code,
        child_id,
        referral_date as event_date,
        record_source,
        _file_sha256,
        _row_number
    from {{ ref('int_referrals') }}
    where not coalesce(is_no_further_action, false)
),

first_help as (
    select
        'help_first_received' as event_kind,
        event_id,
        local_authority_code,
        child_id,
        cast(null as date) as began_date,
        event_date,
        event_codes,
        record_source,
        _file_sha256,
        _row_number
    from helped
    -- Both on one day: the child was first known at statutory level.
    qualify row_number() over (
        partition by local_authority_code, child_id
        order by event_date asc, event_codes desc, event_id asc
    ) = 1
),

adoptions as (
    select care_ends.*
    from care_ends
    inner join {{ ref('codes') }} as reasons
        on reasons.code_set = 'reason_episode_ceased'
        and {{ is_listed('care_ends.event_codes', 'reasons.code') }}
        and reasons.code_group = 'adopted'
),

last_placements as (
    select
        care_period_id,
        placement_start_date
    from {{ ref('int_placements') }}
    qualify row_number() over (
        partition by care_period_id order by placement_number desc
    ) = 1
),

-- The first day in the last placement on which it was one for adoption.
adoptive_days as (
    select
        last_placements.care_period_id,
        min(last_placements.placement_start_date) as carer_start_date,
        min(episodes.episode_start_date) as adoptive_start_date
    from last_placements
    left join episodes
        on last_placements.care_period_id = episodes.care_period_id
        and episodes.is_adoptive
        and episodes.episode_start_date >= last_placements.placement_start_date
    group by last_placements.care_period_id
),

-- What the steps to adoption of that time in care say.
adoption_steps as (
    select
        adoptions.event_id,
        max(cast(journeys.is_adopted_by_former_carer as integer)) = 1 as is_adopted_by_carer,
        max(journeys.placed_for_adoption_date) as placed_for_adoption_date
    from adoptions
    inner join {{ ref('int_adoption_journeys') }} as journeys
        on adoptions.local_authority_code = journeys.local_authority_code
        and adoptions.child_id = journeys.child_id
        and journeys.journey_date between adoptions.began_date and adoptions.event_date
        and journeys.decision_reversed_date is null
    group by adoptions.event_id
),

-- The day of the move, told in the year of the order.
moves_to_adopters as (
    select
        'adopted' as event_kind,
        adoptions.event_id,
        adoptions.local_authority_code,
        adoptions.child_id,
        adoptions.began_date,
        adoptions.event_date,
        case
            when coalesce(steps.is_adopted_by_carer, false) then days.carer_start_date
            else coalesce(days.adoptive_start_date, steps.placed_for_adoption_date)
        end as moved_date,
        adoptions.event_codes,
        adoptions.record_source,
        adoptions._file_sha256,
        adoptions._row_number
    from adoptions
    left join adoptive_days as days on adoptions.event_id = days.care_period_id
    left join adoption_steps as steps on adoptions.event_id = steps.event_id
),

-- What is timed by the working day, what by the day, and what is not timed.
events as (
    {% for events in ['referrals', 'closures', 'assessments', 'enquiries', 'conferences',
        'plan_starts', 'plan_ends', 'care_starts', 'care_ends', 'placement_changes',
        'accommodated', 'away', 'with_parents', 'first_help'] %}
    select
        event_kind,
        event_id,
        local_authority_code,
        child_id,
        began_date,
        event_date,
        {{ 'event_date' if events in ['assessments', 'conferences'] else 'cast(null as date)' }}
            as timed_to_date,
        {{ 'true' if events in ['assessments', 'conferences'] else 'false' }}
            as is_timed_by_working_day,
        event_codes,
        record_source,
        _file_sha256,
        _row_number
    from {{ events }}
    union all
    {% endfor %}
    select
        event_kind,
        event_id,
        local_authority_code,
        child_id,
        began_date,
        event_date,
        moved_date as timed_to_date,
        false as is_timed_by_working_day,
        event_codes,
        record_source,
        _file_sha256,
        _row_number
    from moves_to_adopters
)

select
    events.event_kind,
    events.event_id,
    events.local_authority_code,
    events.child_id,
    events.event_date,
    coalesce(events.event_codes, 'not_recorded') as event_codes,
    case
        when events.timed_to_date < events.began_date then null
        when events.is_timed_by_working_day
            then finished.working_day_number - begun.working_day_number
        else {{ days_between('events.began_date', 'events.timed_to_date') }}
    end as days_taken,
    events.timed_to_date < events.began_date as has_reversed_dates,
    events.record_source,
    events._file_sha256,
    events._row_number
from events
left join {{ ref('int_working_days') }} as begun
    on {{ key_if('events.is_timed_by_working_day', 'events.began_date') }} = begun.calendar_date
left join {{ ref('int_working_days') }} as finished
    on {{ key_if('events.is_timed_by_working_day', 'events.timed_to_date') }}
    = finished.calendar_date
