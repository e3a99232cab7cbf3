-- Incidents of children living away from their parents in care on the day.
select indicator_id, incidents.local_authority_code, period_id,
    count(distinct incident_id), null
from years
inner join world.incidents on incident_date between first_day and last_day
inner join away_from_home
    on incidents.child_id = away_from_home.child_id
    and episode_start_date <= incident_date and coalesce(episode_end_date > incident_date, true)
inner join (
    values ('pif_1_h_5_suicide', 'suicide'), ('pif_1_h_5_attempted_suicide', 'attempted_suicide'),
        ('pif_1_h_5_self_harm', 'self_harm'), ('pif_1_h_5', 'suicide'),
        ('pif_1_h_5', 'attempted_suicide'), ('pif_1_h_5', 'self_harm')
) as kinds (indicator_id, incident_type_code) using (incident_type_code)
inner join (select child_id, date_of_birth from world.residents) as residents
    on incidents.child_id = residents.child_id
where date_of_birth + interval 18 year > incident_date
group by all;

select 'pif_1_s_2', local_authority_code, period_id,
    count(*) filter (where exists (
        select 1 from world.missing_episodes as missed
        where missed.child_id = lived.child_id and missing_type_code = 'M' and is_in_care
            and missing_start_date between first_day and last_day
            and coalesce(missing_ended_at, last_day + interval 1 day)
            >= missing_started_at + interval 24 hour
    )), count(*)
from (
    select distinct period_id, first_day, last_day, local_authority_code, child_id
    from years
    inner join care
        on period_start_date <= last_day
        and coalesce(period_end_date > first_day, true)
        and date_of_birth + interval 18 year > first_day
) as lived
-- A return without a row says nothing.
where exists (
    select 1 from world.missing_episodes as told
    where told.local_authority_code = lived.local_authority_code and told.is_in_care
        and told.missing_start_date <= last_day
        and coalesce(told.missing_end_date >= first_day, true)
)
group by all;

select 'rees_child_settled_happy_over_20_miles', local_authority_code, period_id,
    count(*) filter (where placement_distance_miles > 20 and not is_inside_authority), count(*)
from (
    select in_care.period_id, in_care.local_authority_code, in_care.child_id,
        arg_max(placement_distance_miles, episode_start_date) as placement_distance_miles,
        arg_max(is_inside_authority, episode_start_date) as is_inside_authority
    from in_care
    inner join world.care_episodes as episodes
        on in_care.care_period_id = episodes.care_period_id
        and episode_start_date <= last_day and coalesce(episode_end_date > last_day, true)
    where placement_distance_miles is not null
    group by all
)
group by all;

-- In need by agreement: with a plan of their own, on no protection plan, and looked after under
-- no order.
select 'pif_1_n_7', in_need.local_authority_code, in_need.period_id,
    count(distinct in_need.child_id), null
from in_need
where exists (
        select 1 from world.child_in_need_plans as plans
        where plans.child_id = in_need.child_id
            and plan_start_date <= last_day and coalesce(plan_end_date > last_day, true)
    )
    and not exists (
        select 1 from on_plan
        where on_plan.child_id = in_need.child_id and on_plan.period_id = in_need.period_id
    )
    and not exists (
        select 1 from world.care_episodes as episodes
        where episodes.child_id = in_need.child_id
            and episode_start_date <= last_day and coalesce(episode_end_date > last_day, true)
            and legal_status_code not in ('V2', 'V3', 'V4')
    )
group by all;

select 'lscb_hm_client_questionnaires', local_authority_code, period_id,
    count(distinct response_id), null
from years
inner join world.survey_responses on completed_date between first_day and last_day
where respondent_type_code = 'child' and processed_date is not null
    and questionnaire_type_code in ('registration', 'deregistration')
group by all;

-- Who was not invited, and may be yet, is not known.
select 'torfaen_survey_invited', local_authority_code, period_id,
    count(*) filter (where is_invited),
    count(*) filter (where is_invited or plan_start_date + 28 <= as_at)
from (
    select period_id, exists (
            select 1 from world.survey_invitations as invited
            where invited.child_id = plans.child_id and questionnaire_type_code = 'registration'
                and respondent_type_code = 'child'
                and invited_date - plan_start_date between 0 and 28
        ) as is_invited, plans.local_authority_code, plan_start_date
    from years
    inner join world.protection_plans as plans on plan_start_date between first_day and last_day
    left join (select conference_id, conference_date from world.initial_conferences)
        using (conference_id)
    inner join (select child_id, date_of_birth from world.residents) as residents
        on plans.child_id = residents.child_id
    where date_sub('year', date_of_birth, coalesce(conference_date, plan_start_date))
        between 6 and 17
) as started
cross join world.settings
group by all;

-- The newest grade of each area is the mean of its indicators; the summary adds five areas.
select 'pif_10_1', local_authority_code, period_id, sum(grade), count(*)
from (
    select period_id, local_authority_code, area_number, avg(grade) as grade
    from years
    inner join world.self_evaluation on assessment_date between first_day and last_day
    where instrument_code = 'pif' and rater_code = 'authority'
        and area_number in (1, 2, 3, 4, 9)
    group by all
)
group by all;
