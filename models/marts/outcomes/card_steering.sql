{{ config(contract={'enforced': false}) }}

with chosen as (
    select
        cards.*,
        indicators.outcome_ids
    from {{ ref('chosen_indicators') }} as cards
    inner join {{ ref('indicators') }} as indicators
        on cards.indicator_id = indicators.indicator_id
),

-- A note stands at the point that it explains, else in the year it was written in. Its words stay
-- with it (indicator_stories): here is who wrote what kind of note, when.
notes as (
    select
        chosen.local_authority_code,
        chosen.period_id,
        chosen.indicator_id,
        count(*) filter (where notes.note_type_code = 'story') as story_count,
        count(*) filter (where notes.note_type_code = 'users_view') as users_view_count,
        count(*) filter (where notes.note_type_code = 'practitioner_view')
            as practitioner_view_count,
        count(*) filter (where notes.note_type_code = 'answer') as answer_count,
        count(*) filter (where notes.note_type_code = 'alternative_forecast')
            as alternative_forecast_count,
        bool_or(notes.note_type_code = 'no_action') as is_no_action_decided,
        {{ join_codes(
            "cast(notes.note_date as varchar) || ' ' || notes.author_role || ': '"
            ~ " || lower(types.label) || coalesce(' (' || lower(factors.label) || ')', '')"
        ) }} as story,
        {{ join_codes('notes.link_text') }} as practice_evidence
    from chosen
    inner join {{ ref('int_story_notes') }} as notes
        on chosen.local_authority_code = notes.local_authority_code
        and chosen.indicator_id = notes.indicator_id
        and coalesce(notes.period_end_date, notes.note_date)
        between chosen.period_start and chosen.period_end
    left join {{ ref('codes') }} as types
        on types.code_set = 'story_note_type'
        and notes.note_type_code = types.code
    left join {{ ref('codes') }} as factors
        on factors.code_set = 'story_factor'
        and notes.factor_direction_code = factors.code
    group by chosen.local_authority_code, chosen.period_id, chosen.indicator_id
),

partners as (
    select
        chosen.local_authority_code,
        chosen.period_id,
        chosen.indicator_id,
        count(distinct partners.agency_code) as partner_count,
        {{ join_codes("agencies.label || ': ' || partners.role_text") }} as partners
    from chosen
    inner join {{ ref('int_partners') }} as partners
        on chosen.local_authority_code = partners.local_authority_code
        and (
            chosen.indicator_id = partners.indicator_id
            or {{ is_listed('chosen.outcome_ids', 'partners.outcome_id') }}
        )
        and {{ open_on('partners.start_date', 'partners.end_date', 'chosen.period_end') }}
    left join {{ ref('codes') }} as agencies
        on agencies.code_set = 'agency'
        and partners.agency_code = agencies.code
    group by chosen.local_authority_code, chosen.period_id, chosen.indicator_id
),

-- As they stood on the last day of the year; of one that was stopped nobody wrote down when.
dated_actions as (
    select
        chosen.local_authority_code,
        chosen.period_id,
        chosen.indicator_id,
        actions.due_date,
        case
            when actions.completed_date <= chosen.period_end then 'done'
            when actions.action_status_code = 'stopped' then 'stopped'
            else 'under way'
        end as state,
        cast(actions.start_date as varchar) || ' ' || coalesce(actions.owner_role, 'no owner')
        || coalesce(' (' || agencies.label || ')', '')
        || coalesce(', due ' || cast(actions.due_date as varchar), '') as in_words
    from chosen
    inner join {{ ref('int_actions') }} as actions
        on chosen.local_authority_code = actions.local_authority_code
        and chosen.indicator_id = actions.indicator_id
        and chosen.period_end >= actions.start_date
    left join {{ ref('codes') }} as agencies
        on agencies.code_set = 'agency'
        and actions.agency_code = agencies.code
),

actions as (
    select
        local_authority_code,
        period_id,
        indicator_id,
        count(*) filter (where state = 'under way') as actions_under_way,
        count(*) filter (where state = 'done') as actions_done,
        count(*) filter (where state = 'stopped') as actions_stopped,
        {{ join_codes("in_words || ', ' || state") }} as actions,
        min(case when state = 'under way' then due_date end) as next_due_date
    from dated_actions
    group by local_authority_code, period_id, indicator_id
),

-- What bears on the indicator, or on the whole authority.
events as (
    select
        chosen.local_authority_code,
        chosen.period_id,
        chosen.indicator_id,
        {{ join_codes(
            "cast(milestones.start_date as varchar) || ' ' || types.label || ': '"
            ~ " || milestones.title_text"
            ~ " || coalesce(' (' || milestones.judgement_code || ')', '')"
        ) }} as events
    from chosen
    inner join {{ ref('int_milestones') }} as milestones
        on chosen.local_authority_code = milestones.local_authority_code
        and coalesce(milestones.indicator_id, chosen.indicator_id) = chosen.indicator_id
        and milestones.service_code is null
        and milestones.zone_code is null
        and milestones.milestone_type_code <> 'improvement_stage'
        and milestones.start_date between chosen.period_start and chosen.period_end
    left join {{ ref('codes') }} as types
        on types.code_set = 'milestone_type'
        and milestones.milestone_type_code = types.code
    group by chosen.local_authority_code, chosen.period_id, chosen.indicator_id
),

stages as (
    select
        chosen.local_authority_code,
        chosen.period_id,
        chosen.indicator_id,
        max_by(milestones.stage_code, milestones.start_date) as improvement_stage
    from chosen
    inner join {{ ref('int_milestones') }} as milestones
        on chosen.local_authority_code = milestones.local_authority_code
        and milestones.milestone_type_code = 'improvement_stage'
        and {{ open_on('milestones.start_date', 'milestones.end_date', 'chosen.period_end') }}
    group by chosen.local_authority_code, chosen.period_id, chosen.indicator_id
)

select
    chosen.local_authority_code,
    chosen.period_id,
    chosen.period_start,
    chosen.period_end,
    chosen.indicator_id,
    chosen.chosen_as,
    chosen.list_names,
    chosen.chosen_reason,
    chosen.headline_set_size,
    chosen.is_set_outside_rule,
    coalesce(notes.story_count, 0) as story_count,
    coalesce(notes.users_view_count, 0) as users_view_count,
    coalesce(notes.practitioner_view_count, 0) as practitioner_view_count,
    coalesce(notes.answer_count, 0) as answer_count,
    coalesce(notes.alternative_forecast_count, 0) as alternative_forecast_count,
    coalesce(notes.is_no_action_decided, false) as is_no_action_decided,
    notes.story,
    notes.practice_evidence,
    coalesce(partners.partner_count, 0) as partner_count,
    partners.partners,
    coalesce(actions.actions_under_way, 0) as actions_under_way,
    coalesce(actions.actions_done, 0) as actions_done,
    coalesce(actions.actions_stopped, 0) as actions_stopped,
    actions.actions,
    actions.next_due_date,
    events.events,
    stages.improvement_stage
from chosen
{%- for part in ['notes', 'partners', 'actions', 'events', 'stages'] %}
left join {{ part }}
    on chosen.local_authority_code = {{ part }}.local_authority_code
    and chosen.period_id = {{ part }}.period_id
    and chosen.indicator_id = {{ part }}.indicator_id
{%- endfor %}
