-- The tables people keep by hand, dated from the first written year.

create or replace temp macro months_on(months_) as (
    select cast(written_from + to_months(cast(months_ as integer)) as date) from world.settings
);

insert into world.targets
select
    authorities.local_authority_code,
    row_number() over (order by authorities.local_authority_code, list.indicator_id, list.target_type_code, list.months_from_start) as target_id,
    list.indicator_id,
    list.target_type_code,
    list.list_name,
    list.scope_code,
    case when list.service_code is not null then authorities.local_authority_code || '-' || list.service_code end,
    case when list.scope_code = 'team' then (
        select min(team_id) from world.teams where teams.local_authority_code = authorities.local_authority_code
    ) end,
    list.target_value,
    list.lower_value,
    list.upper_value,
    months_on(list.months_from_start) as valid_from_date,
    case when list.months_in_force is not null then months_on(list.months_from_start + list.months_in_force) end as valid_to_date,
    list.owner_role,
    list.reason_text,
    list.behaviour_note
from local_targets as list
cross join world.authorities as authorities
where months_on(list.months_from_start) <= getvariable('as_at')
order by target_id;

insert into world.story_notes
select
    authorities.local_authority_code,
    row_number() over (order by authorities.local_authority_code, list.months_from_start, list.note_type_code) as story_note_id,
    list.note_type_code,
    list.indicator_id,
    list.outcome_id,
    case when list.service_code is not null then authorities.local_authority_code || '-' || list.service_code end,
    case when list.note_type_code in ('story', 'answer')
        then make_date(return_year(months_on(list.months_from_start)) - 1, 3, 31) end as period_end_date,
    months_on(list.months_from_start) + between_(0, 20, 'note', concat_ws(' ', authorities.local_authority_code, list.note_text)) as note_date,
    list.factor_direction_code,
    list.evidence_source_code,
    list.author_role,
    list.note_text,
    list.link_text
from local_story_notes as list
cross join world.authorities as authorities
where months_on(list.months_from_start) + 20 <= getvariable('as_at')
order by story_note_id;

insert into world.partners
select
    authorities.local_authority_code,
    row_number() over (order by authorities.local_authority_code, list.agency_code, list.months_from_start, list.role_text) as partner_role_id,
    list.agency_code,
    list.outcome_id,
    list.indicator_id,
    case when list.service_code is not null then authorities.local_authority_code || '-' || list.service_code end,
    list.role_text,
    months_on(list.months_from_start) as start_date,
    case when list.months_in_force is not null then by_now(months_on(list.months_from_start + list.months_in_force)) end as end_date
from local_partners as list
cross join world.authorities as authorities
where months_on(list.months_from_start) <= getvariable('as_at')
order by partner_role_id;

insert into world.actions
with by_hand as (
    select
        authorities.local_authority_code, list.action_type_code, list.origin_type_code, null as origin_id, list.indicator_id, list.outcome_id,
        case when list.service_code is not null then authorities.local_authority_code || '-' || list.service_code end as service_code,
        list.agency_code, list.theme_code, list.action_text, list.owner_role,
        months_on(list.months_from_start) as start_date,
        months_on(list.months_from_start) + list.days_to_do as due_date,
        months_on(list.months_from_start) + list.days_taken as done_on,
        list.told_after_days,
        list.is_low_cost = 'Y' as is_low_cost
    from local_actions as list
    cross join world.authorities as authorities
),

-- What is learnt from an audit: most is done in time.
from_audits as (
    select
        audits.local_authority_code, 'learning', 'audit', cast(audits.audit_id as varchar), null, 'rees_int_reflective_learning', null,
        'childrens_social_care', null,
        one_of('Plan to be rewritten with the family|Chronology to be brought up to date|Child to be seen alone this week', 'action', audits.audit_id),
        'Team manager',
        audits.audit_completed_date,
        audits.audit_completed_date + 42,
        case when draw('never', audits.audit_id) > 0.06
            then audits.audit_completed_date + 42 + between_(-35, 22, 'done', audits.audit_id) end,
        null,
        true
    from world.audits as audits
    where audits.audit_type_code = 'case_file' and audits.question_code = 'practice_grade'
        and audits.answer_code in ('requires_improvement', 'inadequate')
        and audits.audit_completed_date is not null
),

every_action as (
    from by_hand
    union all
    from from_audits
)

select
    local_authority_code,
    row_number() over (order by local_authority_code, start_date, action_type_code, origin_id, action_text) as action_id,
    action_type_code,
    origin_type_code,
    origin_id,
    indicator_id,
    outcome_id,
    service_code,
    agency_code,
    theme_code,
    action_text,
    owner_role,
    start_date,
    due_date,
    by_now(done_on) as completed_date,
    case
        when done_on <= getvariable('as_at') then 'done'
        when due_date < getvariable('as_at') - 180 then 'stopped'
        when due_date < getvariable('as_at') then 'delayed'
        when start_date > getvariable('as_at') - 20 then 'not_started'
        else 'on_track'
    end as action_status_code,
    case when told_after_days is not null then by_now(done_on + told_after_days) end as told_date,
    is_low_cost
from every_action
where start_date <= getvariable('as_at')
order by action_id;

insert into world.milestones
select
    authorities.local_authority_code,
    row_number() over (order by authorities.local_authority_code, list.months_from_start, list.title_text) as milestone_id,
    list.milestone_type_code,
    list.stage_code,
    list.judgement_code,
    list.title_text,
    list.indicator_id,
    case when list.service_code is not null then authorities.local_authority_code || '-' || list.service_code end,
    case when list.is_of_a_zone = 'Y' then (
        select min(zone_code) from world.zones where zones.local_authority_code = authorities.local_authority_code
    ) end,
    months_on(list.months_from_start) as start_date,
    case when list.months_in_force is not null then by_now(months_on(list.months_from_start + list.months_in_force)) end as end_date
from local_milestones as list
cross join world.authorities as authorities
where months_on(list.months_from_start) <= getvariable('as_at')
order by milestone_id;
