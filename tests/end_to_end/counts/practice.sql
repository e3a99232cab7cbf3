-- A blank counts as not seen alone.
select 'rees_int_children_trust_seen_alone', visits.local_authority_code, period_id,
    count(*) filter (where is_seen_alone), count(*)
from years
inner join world.visits on visit_date between first_day and last_day
inner join (select child_id, date_of_birth from world.residents) as residents using (child_id)
where (protection_plan_id is not null or care_period_id is not null)
    and date_of_birth + interval 4 year <= visit_date
group by all;

-- Every review of the year at which the child, of four or over, was asked.
select 'rees_int_children_involved_review_participation', local_authority_code, period_id,
    count(*) filter (where is_heard), count(*)
from (
    select in_care.period_id, in_care.local_authority_code, in_care.child_id,
        bool_and(participation_code in ('PN1', 'PN2', 'PN3', 'PN5', 'PN6')) as is_heard
    from in_care
    inner join world.care_reviews as reviews using (child_id)
    where review_date between first_day and last_day and participation_code <> 'PN0'
        and not coalesce(is_cancelled, false)
    group by all
)
group by all;

select 'rees_int_identify_not_safe_home_preproceedings_before_court', local_authority_code,
    period_id,
    count(*) filter (where coalesce(
        initial_meeting_date < least(letter_of_issue_date, court_application_date), false
    )), count(*)
from years
inner join world.pre_proceedings
    on least(letter_of_issue_date, court_application_date) between first_day and last_day
group by all;

-- The first of an enquiry and a plan's end in the year before; another enquiry within a year.
select 'pif_1_s_1', local_authority_code, period_id,
    count(*) filter (where exists (
        select 1 from world.section_47_enquiries as again
        where again.child_id = firsts.child_id
            and again.enquiry_start_date - firsts.on_day between 1 and 365
    )), count(*)
from (
    select period_id, happened.local_authority_code, child_id, min(on_day) as on_day
    from years
    inner join (
        select local_authority_code, child_id, enquiry_start_date as on_day
        from world.section_47_enquiries
        union all
        select local_authority_code, child_id, plan_end_date from world.protection_plans
    ) as happened
        on on_day between first_day - interval 1 year and last_day - interval 1 year
    group by all
) as firsts
group by all;

select 'rees_int_identify_not_safe_home_reentry_after_return', local_authority_code, period_id,
    count(*) filter (where exists (
        select 1 from care as again
        where again.child_id = ended.child_id
            and again.period_start_date - ended.period_end_date between 1 and 365
    )), count(*)
from years
inner join care as ended
    on period_end_date between first_day - interval 1 year and last_day - interval 1 year
where period_end_reason_code in ('E4A', 'E4B')
    and date_of_birth + interval 17 year > period_end_date
group by all;

select 'rees_child_stability_reentry_12m', local_authority_code, period_id,
    count(*) filter (where exists (
        select 1 from care as again
        where again.child_id = ended.child_id
            and again.period_start_date - ended.period_end_date between 1 and 365
    )), count(*)
from years
inner join care as ended
    on period_end_date between first_day - interval 1 year and last_day - interval 1 year
where period_end_reason_code in (
        'E11', 'E12', 'E41', 'E45', 'E46', 'E47', 'E48', 'E4A', 'E13', 'E43', 'E44')
    and date_of_birth + interval 17 year > period_end_date
group by all;

select indicator_id, local_authority_code, period_id,
    count(*) filter (where list_contains(counted, placement_change_reason_code)), count(*)
from years
inner join (
    select *, lead(episode_start_reason_code) over (
        partition by care_period_id order by episode_start_date
    ) as next_reason_code
    from world.care_episodes
    inner join (select care_period_id, is_short_breaks_only from world.care_periods)
        using (care_period_id)
    where not is_short_breaks_only
) as episodes
    on episode_end_date between first_day and last_day
cross join (
    values ('rees_child_settled_happy_unplanned_moves', ['CREQB', 'CREQO', 'CHILD']),
        ('rees_child_safe_moves_safety_concern', ['ALLEG', 'STAND', 'APPRR'])
) as asked (indicator_id, counted)
where next_reason_code in ('P', 'B') and placement_change_reason_code is not null
group by all;

-- The first help, early or statutory; early help that ended before the six years of the case system's
-- file is in none.
select 'afc_early_help_share', local_authority_code, period_id,
    count(*) filter (where coalesce(helped_on < referred_on, referred_on is null)), count(*)
from years
inner join (
    select local_authority_code, child_id,
        min(on_day) filter (where kind = 'early') as helped_on,
        min(on_day) filter (where kind = 'need') as referred_on,
        min(on_day) as first_on
    from (
        select local_authority_code, child_id, episode_start_date as on_day, 'early' as kind
        from world.early_help_episodes, world.settings
        where coalesce(episode_end_date >= as_at - interval 6 year, true)
        union all
        select local_authority_code, child_id, referral_date, 'need'
        from world.referrals where not is_no_further_action
    )
    group by all
) as firsts
    on first_on between first_day and last_day
group by all;

select 'dorset_programme_take_up', local_authority_code, period_id,
    count(start_date), count(*)
from years
inner join world.programme_participation on offered_date between first_day and last_day
inner join (select local_authority_code, service_code, programme_code from world.service_register)
    using (local_authority_code, service_code)
where programme_code = 'reinvigorating_social_work'
group by all;

select 'lscb_hw_training_attendance', local_authority_code, period_id,
    count(*) filter (where has_attended), count(*)
from (
    select period_id, attendance.local_authority_code, activity_id, attendee_id,
        bool_or(has_attended) as has_attended
    from years
    inner join world.meeting_attendance as attendance
        on activity_date between first_day and last_day
    inner join (
        select local_authority_code, activity_id, activity_type_code, activity_status_code
        from world.board_activities
    ) using (local_authority_code, activity_id, activity_type_code)
    where activity_type_code = 'training_session' and activity_status_code = 'delivered'
        and is_invited
    group by all
)
group by all;

select 'lscb_hm_sait_practitioners', local_authority_code, period_id,
    count(distinct attendee_id), null
from years
inner join world.meeting_attendance on activity_date between first_day and last_day
where activity_type_code = 'sait_workshop' and attendee_type_code = 'practitioner'
    and (has_attended or report_received_date is not null)
group by all;

select 'pif_7_4_b', local_authority_code, period_id,
    count(*) filter (where exists (
        select 1 from world.allocations
        where allocations.child_id = known.child_id and worker_id is not null
            and allocation_start_date <= last_day
            and coalesce(allocation_end_date > last_day, true)
    )), count(*)
from known
group by all;

-- Every key social worker of the year, and the longest time without one.
with spells as (
    select
        in_care_all_year.*, worker_id,
        greatest(allocation_start_date, first_day) as begins,
        least(coalesce(allocation_end_date, last_day + 1), last_day + 1) as ends
    from in_care_all_year
    left join world.allocations
        on in_care_all_year.child_id = allocations.child_id
        and allocation_role_code = 'key_social_worker'
        and allocation_start_date <= last_day
        and coalesce(allocation_end_date > first_day, true)
),

followed as (
    select *, begins - lag(ends, 1, first_day) over (
        partition by period_id, child_id order by begins
    ) as days_without
    from spells
),

children as (
    select local_authority_code, period_id, child_id,
        count(distinct worker_id) as worker_count,
        greatest(max(days_without), any_value(last_day) + 1 - max(ends)) as longest_gap
    from followed
    group by all
)

select unnest(['pif_1_n_4', 'rees_int_children_trust_same_worker_all_year']),
    local_authority_code, period_id,
    unnest([
        count(*) filter (where worker_count = 1 and longest_gap <= 7),
        count(*) filter (where worker_count = 1)
    ]), count(*)
from children
group by all;

select 'rees_int_stable_workforce_children_3plus_workers', local_authority_code, period_id,
    count(*) filter (where worker_count >= 3), count(*)
from (
    select in_care.local_authority_code, period_id, in_care.child_id,
        count(distinct worker_id) as worker_count
    from in_care
    left join world.allocations
        on in_care.child_id = allocations.child_id
        and allocation_role_code = 'key_social_worker'
        and allocation_start_date <= last_day
        and coalesce(allocation_end_date > first_day, true)
    group by all
)
group by all;

-- On a plan on each of the 184 days up to the last: from one to the other too.
with planned as (
    select child_id, local_authority_code, plan_start_date, plan_end_date
    from world.child_in_need_plans
    union all
    select child_id, local_authority_code, plan_start_date, plan_end_date
    from world.protection_plans
),

children as (
    select period_id, last_day, planned.local_authority_code, child_id
    from years
    inner join planned
        on plan_start_date <= last_day and coalesce(plan_end_date > last_day - 183, true)
    cross join range(0, 184) as days (back)
    where plan_start_date <= last_day - cast(back as integer)
        and coalesce(plan_end_date > last_day - cast(back as integer), true)
    group by all
    having count(distinct back) = 184
),

followed as (
    select children.*, worker_id, ends, begins - max(ends) over (
        partition by period_id, children.child_id
        order by begins, ends rows between unbounded preceding and 1 preceding
    ) as days_without, begins
    from children
    left join (
        select child_id, worker_id, period_id,
            greatest(allocation_start_date, last_day - 183) as begins,
            least(coalesce(allocation_end_date, last_day), last_day) as ends
        from world.allocations
        inner join years
            on allocation_start_date < last_day
            and coalesce(allocation_end_date > last_day - 183, true)
        where worker_id is not null and allocation_role_code in ('key_social_worker', 'other_worker')
    ) as spells using (child_id, period_id)
)

select 'rees_int_parents_trust_one_worker_6m', local_authority_code, period_id,
    count(*) filter (where worker_count = 1 and longest_gap <= 7), count(*)
from (
    select local_authority_code, period_id, child_id, count(distinct worker_id) as worker_count,
        greatest(max(days_without), any_value(last_day) - max(ends),
            min(begins) - any_value(last_day) + 183) as longest_gap
    from followed
    group by all
)
group by all;
