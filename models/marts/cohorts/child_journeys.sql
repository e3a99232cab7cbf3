{# Event: the table and column of its day, its detail, the id of its record, and for an end the day
   the spell began. Ends that nobody saw are no events. #}
{% set events = [
    ('contact_made', 'int_contacts', 'contact_date', 'contact_source_code', 'contact_id'),
    ('early_help_started', 'int_early_help_episodes', 'episode_start_date', 'null',
        'early_help_episode_id'),
    ('early_help_ended', 'int_early_help_episodes', 'episode_end_date', 'null',
        'early_help_episode_id', 'episode_start_date'),
    ('referral_received', 'int_referrals', 'referral_date', 'referral_source_code', 'referral_id'),
    ('referral_closed', 'int_referrals', 'closure_date', 'closure_reason_code', 'referral_id',
        'referral_date', 'not is_end_inferred'),
    ('assessment_started', 'int_assessments', 'assessment_start_date', 'null', 'assessment_id'),
    ('assessment_authorised', 'int_assessments', 'assessment_authorised_date', 'null',
        'assessment_id', 'assessment_start_date'),
    ('child_in_need_plan_started', 'int_child_in_need_plans', 'plan_start_date', 'null',
        'child_in_need_plan_id'),
    ('child_in_need_plan_ended', 'int_child_in_need_plans', 'plan_end_date', 'null',
        'child_in_need_plan_id', 'plan_start_date', 'not is_end_inferred'),
    ('section_47_started', 'int_section_47_enquiries', 'enquiry_start_date', 'null',
        'section_47_enquiry_id'),
    ('initial_conference_held', 'int_initial_conferences', 'conference_date', 'null',
        'conference_id'),
    ('protection_plan_started', 'int_protection_plans', 'plan_start_date',
        'initial_abuse_category_code', 'protection_plan_id'),
    ('protection_plan_ended', 'int_protection_plans', 'plan_end_date',
        'latest_abuse_category_code', 'protection_plan_id', 'plan_start_date',
        'not is_end_inferred'),
    ('plan_review_held', 'int_plan_reviews', 'review_date', 'participation_code',
        'plan_review_id'),
    ('pre_proceedings_started', 'int_pre_proceedings', 'pre_proceedings_start_date', 'null',
        'pre_proceedings_id'),
    ('visit_made', 'int_visits', 'visit_date', 'visit_type_code', 'visit_id'),
    ('care_started', 'int_care_periods', 'period_start_date', 'null', 'care_period_id',
        'null', 'is_start_held and not is_short_breaks_only'),
    ('care_ended', 'int_care_periods', 'period_end_date', 'period_end_reason_code',
        'care_period_id', 'period_start_date', 'not is_end_inferred and not is_short_breaks_only'),
    ('short_break_started', 'int_care_periods', 'period_start_date', 'null', 'care_period_id',
        'null', 'is_start_held and is_short_breaks_only'),
    ('short_break_ended', 'int_care_periods', 'period_end_date', 'period_end_reason_code',
        'care_period_id', 'period_start_date', 'not is_end_inferred and is_short_breaks_only'),
    ('legal_status_started', 'int_legal_statuses', 'legal_status_start_date',
        'legal_status_code', 'legal_status_id'),
    ('placement_started', 'int_placements', 'placement_start_date', 'placement_type_code',
        'placement_id'),
    ('care_review_held', 'int_care_reviews', 'review_date', 'participation_code',
        'care_review_id', 'null', 'not coalesce(is_cancelled, false)'),
    ('missing_started', 'int_missing_episodes', 'missing_start_date', 'missing_type_code',
        'missing_episode_id'),
    ('missing_ended', 'int_missing_episodes', 'missing_end_date', 'missing_type_code',
        'missing_episode_id', 'missing_start_date', 'not is_end_inferred'),
    ('adoption_decided', 'int_adoption_journeys', 'adoption_decision_date', 'null',
        'adoption_journey_id'),
    ('matched_with_adopters', 'int_adoption_journeys', 'matched_date', 'null',
        'adoption_journey_id'),
    ('placed_for_adoption', 'int_adoption_journeys', 'placed_for_adoption_date', 'null',
        'adoption_journey_id'),
    ('permanence_order_made', 'int_adoption_journeys', 'permanence_order_date', 'null',
        'adoption_journey_id'),
    ('sdq_completed', 'int_sdq_scores', 'sdq_date', 'null', 'sdq_score_id', 'null',
        'sdq_total_score is not null'),
    ('offence_recorded', 'int_offences', 'offence_date', 'offence_outcome_code', 'offence_id',
        'null', 'not is_told_by_youth_justice'),
] %}

with happened as (
    {% for event in events %}
    select
        '{{ event[0] }}' as event_code,
        local_authority_code,
        child_id,
        {{ event[2] }} as event_date,
        cast({{ event[5] or 'null' }} as date) as began_date,
        cast({{ event[3] }} as varchar) as detail_code,
        {{ event[4] }} as record_id,
        record_source,
        _file_sha256,
        _row_number
    from {{ ref(event[1]) }}
    where {{ event[2] }} <= {{ as_at_date() }}
        {%- if event[6] %} and {{ event[6] }}{% endif %}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- Care that was under way when the first source begins to look did not begin that day, nor did
-- what it was then.
not_begun as (
    select distinct
        local_authority_code,
        child_id,
        period_start_date
    from {{ ref('int_care_periods') }}
    where not is_start_held
),

told as (
    select
        happened.*,
        events.event_label,
        events.detail_code_set,
        begun.event_code is not null as is_end,
        -- What began and ended on one day ended no sooner than it began.
        case when happened.began_date = happened.event_date
            then greatest(events.same_day_order, begun.same_day_order)
            else events.same_day_order
        end as same_day_order
    from happened
    inner join {{ ref('journey_events') }} as events on happened.event_code = events.event_code
    left join {{ ref('journey_events') }} as begun on events.ends_event_code = begun.event_code
    left join not_begun
        on happened.local_authority_code = not_begun.local_authority_code
        and happened.child_id = not_begun.child_id
        and happened.event_date = not_begun.period_start_date
        and happened.event_code in ('legal_status_started', 'placement_started')
    where not_begun.child_id is null
)

select
    local_authority_code,
    child_id,
    row_number() over (
        partition by local_authority_code, child_id
        order by event_date, same_day_order, is_end, event_code, record_id
    ) as event_number,
    event_date,
    event_code,
    event_label,
    detail_code,
    detail_code_set,
    record_id,
    record_source,
    _file_sha256,
    _row_number
from told
