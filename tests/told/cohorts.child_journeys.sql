-- key: child_id, event_number
-- of: intermediate.contacts, intermediate.early_help_episodes, intermediate.referrals, intermediate.assessments, intermediate.child_in_need_plans, intermediate.section_47_enquiries, intermediate.initial_conferences, intermediate.protection_plans, intermediate.plan_reviews, intermediate.pre_proceedings, intermediate.visits, intermediate.care_periods, intermediate.legal_statuses, intermediate.placements, intermediate.care_reviews, intermediate.missing_episodes, intermediate.adoption_journeys, intermediate.sdq_scores, intermediate.offences
-- made: child_id, event_number, event_date, event_code, case when count(*) over (partition by child_id, event_date, event_code) = 1 then detail_code end as only_detail_code
-- An end names its start and the day of that: of one day it comes after it.
with happened as (
    select
        'contact_made' as event_code, child_id, contact_date as event_date,
        cast(null as date) as began_date, contact_source_code as detail_code
    from told_contacts
    union all
    select 'early_help_started', child_id, episode_start_date, null, null
    from told_early_help_episodes
    union all
    select 'early_help_ended', child_id, episode_end_date, episode_start_date, null
    from told_early_help_episodes
    union all
    select 'referral_received', child_id, referral_date, null, referral_source_code
    from told_referrals
    union all
    select 'referral_closed', child_id, closure_date, referral_date, closure_reason_code
    from told_referrals
    union all
    select 'assessment_started', child_id, assessment_start_date, null, null
    from told_assessments
    union all
    select
        'assessment_authorised', child_id, assessment_authorised_date, assessment_start_date, null
    from told_assessments
    union all
    select 'child_in_need_plan_started', child_id, plan_start_date, null, null
    from told_child_in_need_plans
    union all
    select 'child_in_need_plan_ended', child_id, plan_end_date, plan_start_date, null
    from told_child_in_need_plans
    union all
    select 'section_47_started', child_id, enquiry_start_date, null, null
    from told_section_47_enquiries
    union all
    select 'initial_conference_held', child_id, conference_date, null, null
    from told_initial_conferences
    union all
    select 'protection_plan_started', child_id, plan_start_date, null, initial_abuse_category_code
    from told_protection_plans
    union all
    select
        'protection_plan_ended', child_id, plan_end_date, plan_start_date,
        latest_abuse_category_code
    from told_protection_plans
    union all
    select 'plan_review_held', child_id, review_date, null, participation_code
    from told_plan_reviews
    union all
    select 'pre_proceedings_started', child_id, pre_proceedings_start_date, null, null
    from told_pre_proceedings
    union all
    select 'visit_made', child_id, visit_date, null, visit_type_code from told_visits
    union all
    select
        if(is_short_breaks_only, 'short_break_started', 'care_started'), child_id,
        period_start_date, null, null
    from told_care_periods
    union all
    select
        if(is_short_breaks_only, 'short_break_ended', 'care_ended'), child_id, period_end_date,
        period_start_date, period_end_reason_code
    from told_care_periods
    union all
    select 'legal_status_started', child_id, legal_status_start_date, null, legal_status_code
    from told_legal_statuses
    union all
    select 'placement_started', child_id, placement_start_date, null, placement_type_code
    from told_placements
    union all
    select 'care_review_held', child_id, review_date, null, participation_code
    from told_care_reviews
    where not coalesce(is_cancelled, false)
    union all
    select 'missing_started', child_id, missing_start_date, null, missing_type_code
    from told_missing_episodes
    union all
    select
        'missing_ended', child_id, missing_end_date, missing_start_date, missing_type_code
    from told_missing_episodes
    union all
    select 'adoption_decided', child_id, adoption_decision_date, null, null
    from told_adoption_journeys
    union all
    select 'matched_with_adopters', child_id, matched_date, null, null
    from told_adoption_journeys
    union all
    select 'placed_for_adoption', child_id, placed_for_adoption_date, null, null
    from told_adoption_journeys
    union all
    select 'permanence_order_made', child_id, permanence_order_date, null, null
    from told_adoption_journeys
    union all
    select 'sdq_completed', child_id, sdq_date, null, null
    from told_sdq_scores
    where sdq_total_score is not null
    union all
    select 'offence_recorded', child_id, offence_date, null, offence_outcome_code
    from told_offences
    -- Each of those that the nightly dataset holds youth justice holds as well.
    where record_source <> 'ssd'
),

-- The order in which things of one day make sense, written out once more: opened, planned, looked
-- after, missed, visited, closed.
ordered as (
    select
        *,
        list_position(
            [
                'contact_made', 'early_help_ended', 'early_help_started', 'referral_received',
                'assessment_started', 'section_47_started', 'assessment_authorised',
                'initial_conference_held', 'plan_review_held', 'pre_proceedings_started',
                'child_in_need_plan_ended', 'protection_plan_ended', 'protection_plan_started',
                'child_in_need_plan_started', 'adoption_decided', 'matched_with_adopters',
                'placed_for_adoption', 'permanence_order_made', 'missing_ended', 'care_ended',
                'short_break_ended', 'care_started', 'short_break_started',
                'legal_status_started', 'placement_started', 'care_review_held',
                'missing_started', 'visit_made', 'sdq_completed', 'offence_recorded',
                'referral_closed'
            ],
            -- What began and ended on one day ended right after it began.
            if(
                began_date = event_date and event_code not in
                ('referral_closed', 'assessment_authorised'),
                replace(event_code, '_ended', '_started'), event_code
            )
        ) as place_in_day,
        began_date is not null as is_end
    from happened
    where event_date <= getvariable('as_known_on')
)

select
    child_id,
    row_number() over (
        partition by child_id order by event_date, place_in_day, is_end, event_code
    ) as event_number,
    event_date,
    event_code,
    case
        when count(*) over (partition by child_id, event_date, event_code) = 1 then detail_code
    end as only_detail_code
from ordered
