-- Plans with their time, in which what is done for their questionnaires falls: after the end of the
-- child's plan before, and before the next begins.
create temp view asked_plans as
select
    plans.* exclude (plan_end_date),
    plan_end_date,
    coalesce(conference_date, plan_start_date) as met_by,
    date_sub('year', date_of_birth, coalesce(conference_date, plan_start_date)) as age_at_start,
    date_sub('year', date_of_birth, plan_end_date) as age_at_end,
    coalesce(lag(plan_end_date) over (
        partition by plans.child_id order by plan_start_date
    ), date '1900-01-01') as after_day,
    coalesce(lead(plan_start_date) over (
        partition by plans.child_id order by plan_start_date
    ), date '2100-01-01') as before_day
from world.protection_plans as plans
left join (select conference_id, conference_date from world.initial_conferences)
    using (conference_id)
inner join (select child_id, date_of_birth from world.residents) as residents
    on plans.child_id = residents.child_id;

-- Of those who were asked to a questionnaire; who did not belong to it was not.
create temp view asked_children as
select * from world.survey_invitations
where respondent_type_code = 'child' and coalesce(not_completed_reason_code, '') <> 'not_eligible';

select unnest(['torfaen_survey_advocate_met', 'torfaen_survey_leaflet',
    'torfaen_survey_preicc_form']),
    local_authority_code, period_id,
    unnest([
        count(*) filter (where is_met), count(*) filter (where has_leaflet),
        count(*) filter (where is_met and has_form)
    ]),
    unnest([count(*), count(*), count(*) filter (where is_met)])
from (
    select
        period_id, plans.local_authority_code, protection_plan_id,
        coalesce(bool_or(
            advocate_met_date > after_day and advocate_met_date <= met_by
        ), false) as is_met,
        coalesce(bool_or(
            leaflet_given_date > after_day and leaflet_given_date < before_day
        ), false) as has_leaflet,
        coalesce(bool_or(
            views_form_returned_date > after_day and views_form_returned_date < before_day
        ), false) as has_form
    from years
    inner join asked_plans as plans on plan_start_date between first_day and last_day
    left join asked_children as asked
        on plans.child_id = asked.child_id and questionnaire_type_code = 'registration'
    where age_at_start between 6 and 17
    group by all
)
group by all;

-- Whose 60 days are not over, and who has not answered, is not known yet.
select 'torfaen_survey_registration_completed', local_authority_code, period_id,
    count(*) filter (where is_done), count(*) filter (where is_done or invited_date + 60 <= as_at)
from (
    select period_id, asked.*, as_at, exists (
        select 1 from world.survey_responses as answered
        where answered.invitation_id = asked.invitation_id and respondent_type_code = 'child'
            and completed_date - invited_date between 0 and 60
    ) as is_done
    from years
    inner join asked_children as asked on invited_date between first_day and last_day
    inner join (select child_id, date_of_birth from world.residents) as residents using (child_id)
    cross join world.settings
    where questionnaire_type_code = 'registration'
        and date_sub('year', date_of_birth, invited_date) between 6 and 17
)
group by all;

select 'torfaen_survey_deregistration_completed', local_authority_code, period_id,
    count(*) filter (where is_done), count(*) filter (where is_done or plan_end_date + 60 <= as_at)
from (
    select period_id, plans.*, as_at, exists (
        select 1 from world.survey_responses as answered
        where answered.child_id = plans.child_id and respondent_type_code = 'child'
            and questionnaire_type_code = 'deregistration'
            and completed_date - plan_end_date between 0 and 60
    ) as is_done
    from years
    inner join asked_plans as plans on plan_end_date between first_day and last_day
    cross join world.settings
    where age_at_end between 6 and 17 and exists (
        select 1 from asked_children as asked
        where asked.child_id = plans.child_id
            and questionnaire_type_code in ('registration', 'deregistration')
            and advocate_met_date > after_day and advocate_met_date < before_day
    )
)
group by all;

-- Each place of the quota that is in force on the last day is filled or not.
select 'torfaen_survey_quota', targets.local_authority_code, period_id,
    least(count(distinct response_id), any_value(target_value)),
    cast(any_value(target_value) as integer)
from years
inner join world.targets
    on target_type_code = 'quota' and indicator_id = 'torfaen_survey_quota'
    and valid_from_date <= last_day and coalesce(valid_to_date >= last_day, true)
left join (
    select local_authority_code, response_id, completed_date from world.survey_responses
    where questionnaire_type_code = 'registration' and respondent_type_code = 'child'
) as answered
    on targets.local_authority_code = answered.local_authority_code
    and completed_date between first_day and last_day
group by targets.local_authority_code, period_id;

-- Every time that a child was in need, on a plan or looked after.
create temp view times_of_help as
select local_authority_code, child_id, referral_date as begins, closure_date as ends,
    coalesce(closure_reason_code in ('RC2', 'RC5'), false) as has_gone
from counts.in_need
union all
select local_authority_code, child_id, plan_start_date, plan_end_date, false
from world.protection_plans
union all
select local_authority_code, child_id, period_start_date, period_end_date,
    coalesce(period_end_reason_code in ('E2', 'E3'), false)
from care;

-- The last day of the year on which a child's help ended and no other went on; of five or over, who
-- neither died nor moved away.
select 'pif_1_r_2', local_authority_code, period_id,
    count(*) filter (where is_done), count(*) filter (where is_done or ended_on + 60 <= as_at)
from (
    select ended.*, as_at, exists (
        select 1 from world.survey_responses as answered
        where answered.child_id = ended.child_id and respondent_type_code = 'child'
            and questionnaire_type_code = 'exit_interview'
            and completed_date - ended_on between -30 and 60
    ) as is_done
    from (
        select distinct on (period_id, local_authority_code, helped.child_id)
            period_id, local_authority_code, helped.child_id, ends as ended_on,
            max(has_gone::int) over (
                partition by local_authority_code, helped.child_id, ends
            ) as has_gone
        from years
        inner join times_of_help as helped on ends between first_day and last_day
        where not exists (
            select 1 from times_of_help as other
            where other.child_id = helped.child_id
                and other.begins <= helped.ends and coalesce(other.ends > helped.ends, true)
        )
        order by ends desc
    ) as ended
    inner join (select child_id, date_of_birth from world.residents) as residents using (child_id)
    cross join world.settings
    where has_gone = 0 and date_sub('year', date_of_birth, ended_on) >= 5
)
group by all;
