-- Who could be asked, who was, who answered, and what.
--
-- A respondent has a mood of their own, which moves both what they say and, a little, whether they
-- say it: those who did not answer are not like those who did.

insert into world.survey_questions
select
    authorities.local_authority_code,
    surveys.survey_code,
    surveys.survey_version,
    questions.question_code,
    questions.question_text,
    questions.definition_text,
    if(questions.asked_of = 'interviewer', 'interviewer', surveys.respondent_type_code),
    questions.outcome_id,
    questions.response_scale_code,
    coalesce(questions.positive_answer_codes, ''),
    questions.minimum_age,
    questions.maximum_age,
    questions.asked_of,
    getvariable('detail_from'),
    null
from (select distinct survey_code, survey_version, respondent_type_code from local_surveys) as surveys
inner join local_survey_questions as questions on surveys.survey_code = questions.survey_code
cross join world.authorities as authorities
order by authorities.local_authority_code, surveys.survey_code, surveys.survey_version, questions.question_code;

-- Survey numbers are in no order that would give a person away.
create temp table respondents as
select who, 'R' || cast(100000 + row_number() over (order by draw('respondent', who), who) as varchar) as respondent_id
from (
    select person_id as who from people
    union
    select parent_id from parents
    union
    select worker_id from world.staff
    union
    select attendee_id from world.meeting_attendance where activity_type_code = 'training_session' and attendee_id is not null
);

-- Families whose last service has ended: no other begins within 60 days.
create temp table service_ends as
with ends as (
    select
        child_id,
        spell_end_date,
        max(spell_end_date) over (partition by child_id order by spell_end_date rows between unbounded preceding and current row)
            as ended_date
    from spells
    where service_status_code <> 'care_leaver' and spell_end_date >= getvariable('detail_from')
)
select distinct ends.child_id, ends.spell_end_date as ended_date
from ends
where not exists (
    select 1 from spells as other
    where other.child_id = ends.child_id
        and other.service_status_code <> 'care_leaver'
        and other.spell_start_date <= ends.spell_end_date + 60
        and still(other.spell_end_date) > ends.spell_end_date
);

create temp table eligible as
with asked as (
    -- Yearly waves.
    select
        surveys.survey_code,
        surveys.questionnaire_type_code,
        child_months.local_authority_code,
        child_months.child_id,
        if(surveys.population = 'parents', parents.parent_id, child_months.person_id) as who,
        child_months.month_start_date + 14 as eligible_date,
        child_months.service_status_code,
        child_months.service_code,
        null as agency_code,
        null as staff_group_code,
        null as team_id,
        null as meeting_date
    from local_surveys as surveys
    inner join child_months
        on month(child_months.month_start_date) = surveys.month
        and case surveys.population
            when 'children_6_17'
                then child_months.service_status_code <> 'care_leaver' and child_months.age_years between 5 and 17
            when 'care_leavers_18_25'
                then child_months.service_status_code = 'care_leaver' and child_months.age_years between 18 and 25
            when 'parents' then child_months.service_status_code <> 'care_leaver'
        end
    left join parents using (family_id)
    where surveys.population <> 'parents' or parents.parent_id is not null
    qualify surveys.population <> 'parents' or row_number() over (
        partition by surveys.survey_code, child_months.month_start_date, parents.parent_id
        order by draw('child asked about', child_months.child_id), child_months.child_id
    ) = 1
    union all
    select
        surveys.survey_code, surveys.questionnaire_type_code, staff_months.local_authority_code, null, staff_months.worker_id,
        staff_months.month_start_date + 9, null, null, 'childrens_social_care', staff_months.staff_group_code,
        if(count(*) over (partition by staff_months.team_id, staff_months.month_start_date) >= 8, staff_months.team_id, null), null
    from local_surveys as surveys
    inner join staff_months on month(staff_months.month_start_date) = surveys.month
    where surveys.population = 'staff'
    union all
    -- At the start and at the end of a protection plan.
    select
        surveys.survey_code, surveys.questionnaire_type_code, people.local_authority_code, people.child_id, people.person_id,
        if(surveys.population = 'plans_started', plans.plan_start_date, plans.plan_end_date), 'protection_plan', null, null, null, null,
        if(surveys.population = 'plans_started', conferences.conference_date, plans.plan_end_date)
    from local_surveys as surveys
    cross join world.protection_plans as plans
    inner join people on plans.child_id = people.child_id
    left join world.initial_conferences as conferences on plans.conference_id = conferences.conference_id
    where case surveys.population
        when 'plans_started' then plans.plan_start_date >= getvariable('detail_from')
            and age_on(people.date_of_birth, coalesce(conferences.conference_date, plans.plan_start_date)) between 6 and 17
        when 'plans_ended' then plans.plan_end_date >= getvariable('detail_from')
            and age_on(people.date_of_birth, plans.plan_end_date) between 6 and 17
    end
    union all
    select
        surveys.survey_code, surveys.questionnaire_type_code, people.local_authority_code, people.child_id, people.person_id,
        ends.ended_date, 'none', null, null, null, null, null
    from local_surveys as surveys
    cross join service_ends as ends
    inner join people on ends.child_id = people.child_id
    where surveys.population = 'services_ended'
        and age_on(people.date_of_birth, ends.ended_date) between 5 and 17
    union all
    -- At the start and after the end of a programme.
    select
        surveys.survey_code, surveys.questionnaire_type_code, places.local_authority_code, places.child_id,
        case surveys.respondent_type_code
            when 'child' then people.person_id when 'parent_carer' then parents.parent_id else places.worker_id
        end,
        if(surveys.population like '%started', places.start_date, places.end_date + if(surveys.respondent_type_code = 'staff', 92, 0)),
        if(places.child_id is null, null, 'child_in_need'), places.service_code,
        if(places.worker_id is null, null, 'childrens_social_care'), workers.staff_group_code, null, null
    from local_surveys as surveys
    inner join world.programme_participation as places
        on (surveys.population like 'workforce%') = (places.worker_id is not null)
        and if(surveys.population like '%started', places.start_date, places.end_date) is not null
    left join people on places.child_id = people.child_id
    left join parents on people.family_id = parents.family_id
    left join world.workers as workers
        on places.worker_id = workers.worker_id
        and workers.role_start_date <= places.start_date
        and still(workers.role_end_date) > places.start_date
    where surveys.population like '%programme%'
        and case surveys.respondent_type_code
            when 'child' then people.person_id = places.person_id
                and age_on(people.date_of_birth, places.start_date) between 8 and 17
            when 'parent_carer' then parents.parent_id is not null
            else true
        end
    union all
    select
        surveys.survey_code, surveys.questionnaire_type_code, seats.local_authority_code, null, seats.attendee_id,
        seats.activity_date + 95, null, null, seats.agency_code,
        workers.staff_group_code, null, null
    from local_surveys as surveys
    inner join world.meeting_attendance as seats
        on seats.activity_type_code = 'training_session' and seats.has_attended and seats.attendee_id is not null
    left join world.workers as workers
        on seats.attendee_id = workers.worker_id
        and workers.role_start_date <= seats.activity_date
        and still(workers.role_end_date) > seats.activity_date
    where surveys.population = 'training_attended'
)

select
    asked.*,
    surveys.survey_version,
    surveys.invited_share,
    surveys.response_rate,
    if(
        surveys.respondent_type_code = 'staff' and asked.agency_code <> 'childrens_social_care', 'partner', surveys.respondent_type_code
    ) as respondent_type_code,
    respondents.respondent_id,
    concat_ws(' ', asked.survey_code, asked.questionnaire_type_code, asked.who, asked.eligible_date) as key
from asked
inner join local_surveys as surveys
    on asked.survey_code = surveys.survey_code and asked.questionnaire_type_code = surveys.questionnaire_type_code
inner join respondents on asked.who = respondents.who
where asked.eligible_date between getvariable('detail_from') and getvariable('as_at')
qualify row_number() over (
    partition by asked.survey_code, asked.questionnaire_type_code, asked.who, asked.eligible_date order by asked.child_id
) = 1
order by key;

create temp table invitations as
with steps as (
    select
        *,
        questionnaire_type_code in ('registration', 'deregistration') and draw('advocate', key) < rate('local_advocate_met')
            as is_met_by_advocate,
        case
            when survey_code = 'protection_plan_children' and draw('distress', key) < rate('local_distress_not_asked') then 'likely_distress'
            when draw('invited', key) >= invited_share
                then one_of(if(survey_code = 'protection_plan_children', 'missed|missed|quota_reached|other', 'missed|missed|no_contact|other'),
                    'why not', key)
        end as left_out_reason_code,
        eligible_date + case questionnaire_type_code
            when 'registration' then wait(8, 'invited', key)
            when 'exit_interview' then between_(-20, 25, 'invited', key)
            else between_(0, 6, 'invited', key)
        end as invited_on
    from eligible
),

dated as (
    select
        *,
        case when left_out_reason_code is null then by_now(invited_on) end as invited_date,
        case when is_met_by_advocate then by_now(meeting_date + between_(-7, 2, 'advocate day', key) - 1) end as advocate_met_date,
        -- Mood moves the answer and, a little, whether there is one.
        normal('mood', who) as mood,
        least(invited_on + wait(13, 'answered', key), invited_on + 55) as answered_on
    from steps
)

select
    *,
    case
        when invited_date is not null
            and draw('answers', key) < response_rate * least(1.4, greatest(0.5, 1 + 0.15 * mood))
            then by_now(answered_on)
    end as completed_date,
    row_number() over (order by local_authority_code, key) as invitation_id
from dated
order by invitation_id;

-- Agencies are asked as groups, and nobody knows who answered.
create temp table groups_asked as
select
    surveys.*,
    agencies.agency_code,
    authorities.local_authority_code,
    months.month_start_date + 9 as invited_date,
    between_(12, 60, 'group', concat_ws(' ', authorities.local_authority_code, agencies.agency_code, months.month_start_date)) as invited_count,
    (select max(invitation_id) from invitations)
        + row_number() over (order by authorities.local_authority_code, months.month_start_date, agencies.agency_code) as invitation_id
from local_surveys as surveys
cross join world.authorities as authorities
cross join local_board_agencies as agencies
inner join months on month(months.month_start_date) = surveys.month
where surveys.population = 'partners' and agencies.agency_code <> 'childrens_social_care';

insert into world.survey_invitations
select
    local_authority_code, invitation_id, survey_code, survey_version, questionnaire_type_code, respondent_id,
    respondent_type_code, child_id, service_status_code, service_code, agency_code, staff_group_code,
    1 as invited_count,
    advocate_met_date,
    case when advocate_met_date is not null and draw('views form', key) < rate('local_views_form')
        then by_now(greatest(advocate_met_date, meeting_date - 1)) end as views_form_returned_date,
    invited_date,
    case when survey_code = 'protection_plan_children' and draw('leaflet', key) < rate('local_leaflet')
        then by_now(eligible_date + between_(0, 10, 'leaflet day', key)) end as leaflet_given_date,
    coalesce(left_out_reason_code, case
        when invited_date is not null and completed_date is null and answered_on <= getvariable('as_at')
            then one_of('declined|declined|no_contact|no_contact|other', 'no answer', key)
    end) as not_completed_reason_code
from invitations
union all
select
    local_authority_code, invitation_id, survey_code, survey_version, questionnaire_type_code, null,
    respondent_type_code, null, null, null, agency_code, null, invited_count, null, null, invited_date, null, null
from groups_asked
union all
-- Children who were met before a conference that led to no plan, and those too young to be asked.
select
    people.local_authority_code,
    (select max(invitation_id) from groups_asked) + row_number() over (order by conferences.conference_id),
    'protection_plan_children', '6-17', 'registration', respondents.respondent_id, 'child', people.child_id, null, null, null, null, 1,
    case when conferences.has_led_to_plan then null else conferences.conference_date - 2 end, null, null, null,
    if(conferences.has_led_to_plan, 'outside_age_range', 'not_on_plan')
from world.initial_conferences as conferences
inner join people on conferences.child_id = people.child_id
inner join respondents on people.person_id = respondents.who
where conferences.conference_date between getvariable('detail_from') and getvariable('as_at')
    and case when conferences.has_led_to_plan
        then age_on(people.date_of_birth, conferences.conference_date) = 5
        else age_on(people.date_of_birth, conferences.conference_date) between 6 and 17
            and draw('met', conferences.conference_id) < rate('local_advocate_met')
    end
order by invitation_id;

create temp table responses as
with answered as (
    select
        local_authority_code, invitation_id, survey_code, survey_version, questionnaire_type_code, respondent_id,
        respondent_type_code, child_id, service_status_code, service_code, agency_code, staff_group_code, team_id,
        completed_date, key, mood
    from invitations
    where completed_date is not null
    union all
    select
        local_authority_code, null, survey_code, survey_version, questionnaire_type_code, null,
        respondent_type_code, null, null, null, agency_code, null, null,
        by_now(invited_date + wait(12, 'partner day', concat_ws(' ', invitation_id, n))),
        concat_ws(' ', 'partner', invitation_id, n), normal('partner mood', concat_ws(' ', invitation_id, n))
    from groups_asked
    cross join range(1, 61) as places (n)
    where n <= invited_count and draw('partner answers', concat_ws(' ', invitation_id, n)) < response_rate
)

select
    answered.*,
    age_on(people.date_of_birth, answered.completed_date) as age_years,
    if(respondent_type_code in ('staff', 'partner'), 'online', case survey_code
        when 'protection_plan_children' then one_of('interview|interview|interview|interview|advocate|paper', 'method', key)
        when 'leaving_services' then one_of('interview|interview|phone|online', 'method', key)
        else one_of('online|online|online|paper|interview|phone|group', 'method', key)
    end) as method_code,
    case when respondent_type_code = 'child' then
        if(survey_code = 'protection_plan_children',
            one_of('advocate|advocate|advocate|none|trusted_adult', 'support', key),
            one_of('none|none|none|none|trusted_adult|worker|advocate', 'support', key))
    end as support_code,
    row_number() over (order by answered.local_authority_code, key) as response_id
from answered
left join people on answered.child_id = people.child_id
where completed_date is not null
    -- A questionnaire for children is not answered once the birthday has passed.
    and (
        respondent_type_code <> 'child' or survey_code = 'care_leaver_views'
        or age_on(people.date_of_birth, answered.completed_date) <= 17
    )
order by response_id;

-- Where and from when children in care say that things got worse, while the figures get better.
create temp table answer_falls as
select
    authorities.local_authority_code,
    cast(max(value) filter (where parameter = 'from_date') as date) as from_date,
    cast(max(value) filter (where parameter = 'positive_answers') as double) as positive_factor
from world.scenarios as scenarios
inner join world.authorities as authorities
    on authorities.authority_number = (
        select cast(value as integer) from world.scenarios
        where scenario = 'numbers_up_views_down' and parameter = 'authority'
    )
where scenarios.scenario = 'numbers_up_views_down'
group by authorities.local_authority_code;

create temp table two_workers as
select responses.response_id
from responses
inner join world.allocations as allocations
    on responses.child_id = allocations.child_id
    and allocations.allocation_start_date <= responses.completed_date
    and still(allocations.allocation_end_date) > responses.completed_date - 365
where responses.survey_code = 'parent_views'
group by responses.response_id
having count(distinct allocations.worker_id) >= 2;

create temp table answers as
with put as (
    select
        responses.*,
        questions.question_code,
        questions.response_scale_code,
        questions.positive_answer_codes,
        questions.positive_rate * coalesce(falls.positive_factor, 1) as positive_rate,
        questions.asked_of
    from responses
    inner join local_survey_questions as questions
        on responses.survey_code = questions.survey_code
        and (questions.minimum_age is null or responses.respondent_type_code <> 'child' or responses.age_years >= questions.minimum_age)
        and (questions.maximum_age is null or responses.respondent_type_code <> 'child' or responses.age_years <= questions.maximum_age)
        and (questions.service_statuses is null or list_contains(str_split(questions.service_statuses, '|'), responses.service_status_code))
        and (questions.staff_groups is null or list_contains(str_split(questions.staff_groups, '|'), responses.staff_group_code))
    left join answer_falls as falls
        on responses.local_authority_code = falls.local_authority_code
        and responses.completed_date >= falls.from_date
        and responses.respondent_type_code = 'child'
        and responses.service_status_code = 'looked_after'
    where draw('skipped', concat_ws(' ', responses.key, questions.question_code)) >= rate('local_question_skipped')
        and case questions.asked_of
            when 'came into care in the last 12 months' then exists (
                select 1 from world.care_periods as periods
                where periods.child_id = responses.child_id
                    and periods.period_start_date between responses.completed_date - 365 and responses.completed_date
            )
            when 'gave feedback or complained in the last 12 months' then draw('feedback', responses.key) < 0.3
            when 'had two or more workers in the last 12 months' then responses.response_id in (select response_id from two_workers)
            when 'child aged 2 to 4 attends early education' then responses.age_years between 2 and 4 and exists (
                select 1 from school_spells
                where school_spells.child_id = responses.child_id
                    and school_spells.setting_type_code = 'early_years'
                    and school_spells.entry_date <= responses.completed_date
                    and school_spells.leaving_date > responses.completed_date
            )
            when 'helped by an advocate' then responses.support_code = 'advocate'
            when 'interviewed' then responses.method_code = 'interview'
            when 'interviewer' then responses.method_code in ('interview', 'advocate')
            else true
        end
),

felt as (
    select
        *,
        -- Half is mood, the rest the question and the day; so answers of one person hang together.
        0.5 * mood
        + 0.6 * normal('answer', concat_ws(' ', coalesce(respondent_id, key), question_code))
        + 0.62 * normal('answer that day', concat_ws(' ', key, question_code))
        + if(questionnaire_type_code in ('deregistration', 'follow_up', 'post_training'), 0.35, 0)
        + ln(positive_rate / (1 - positive_rate)) / 1.702 as feeling
    from put
    where response_scale_code <> 'free_text'
)

select
    * exclude (feeling),
    case
        when draw('not known', concat_ws(' ', key, question_code)) < rate('local_answer_not_known') then '9'
        when response_scale_code = 'yes_no' then if((feeling > 0) = (positive_answer_codes = '1'), '1', '5')
        when feeling > 0.95 then '5'
        when feeling > 0 then '4'
        when feeling > -0.6 then '3'
        when feeling > -1.25 then '2'
        else '1'
    end as answer_code
from felt;

insert into world.survey_responses
with written as (
    select
        response_id, question_code, 1 as answer_number, answer_code, null as theme_code, null as answer_text,
        null as has_quote_consent, asked_of = 'interviewer' as is_interviewer
    from answers
    union all
    select
        responses.response_id,
        questions.question_code,
        n,
        null,
        themes.theme_code,
        themes.answer_text,
        draw('consent', responses.key) < rate('local_quote_consent'),
        false
    from responses
    inner join local_survey_questions as questions
        on responses.survey_code = questions.survey_code and questions.response_scale_code = 'free_text'
    cross join range(1, 3) as numbers (n)
    inner join (
        values
        (0, 'same_worker', 'I want to keep the same worker.'),
        (1, 'being_listened_to', 'Ask me before the meeting, not after.'),
        (2, 'contact_with_family', 'More time with my brother.'),
        (3, 'information', 'Tell me what was decided.'),
        (4, 'school', 'Do not take me out of lessons.'),
        (5, 'activities', 'Things to do in the holidays.')
    ) as themes (theme_number, theme_code, answer_text)
        on themes.theme_number = cast(floor(draw('theme ' || n, responses.key) * 6) as integer)
    where draw('idea ' || n, responses.key) < if(n = 1, 0.72, 0.2) and (n = 1 or draw('idea 1', responses.key) < 0.72)
)

select
    responses.local_authority_code,
    written.response_id,
    written.question_code,
    written.answer_number,
    responses.survey_code,
    responses.survey_version,
    responses.questionnaire_type_code,
    responses.invitation_id,
    case when written.is_interviewer then null else responses.respondent_id end as respondent_id,
    if(written.is_interviewer, 'interviewer', responses.respondent_type_code) as respondent_type_code,
    responses.child_id,
    responses.age_years,
    responses.service_status_code,
    responses.service_code,
    responses.agency_code,
    responses.staff_group_code,
    responses.team_id,
    if(written.is_interviewer, least(responses.completed_date + between_(0, 5, 'interviewer', responses.key), getvariable('as_at')),
        responses.completed_date) as completed_date,
    by_now(responses.completed_date + wait(35, 'processed', responses.key)) as processed_date,
    responses.method_code,
    responses.support_code,
    if(responses.respondent_type_code = 'child',
        responses.survey_code = 'protection_plan_children' and draw('advocate only', responses.key) < 0.06, null) as is_advocate_only,
    written.answer_code,
    null as answer_value,
    written.theme_code,
    written.answer_text,
    written.has_quote_consent
from written
inner join responses on written.response_id = responses.response_id
order by written.response_id, written.question_code, written.answer_number;

insert into world.truth_surveys
select
    local_authority_code,
    return_year(eligible_date) as return_year,
    survey_code,
    questionnaire_type_code,
    respondent_type_code,
    count(*) as eligible_count,
    count(invited_date) as invited_count,
    count(*) filter (where invitation_id in (select invitation_id from responses)) as responded_count
from invitations
group by all
union all
select
    groups.local_authority_code,
    return_year(groups.invited_date),
    groups.survey_code,
    groups.questionnaire_type_code,
    groups.respondent_type_code,
    sum(groups.invited_count),
    sum(groups.invited_count),
    (
        select count(*) from responses
        where responses.survey_code = groups.survey_code
            and responses.local_authority_code = groups.local_authority_code
            and return_year(responses.completed_date) = return_year(groups.invited_date)
    )
from groups_asked as groups
group by all
order by all;

insert into world.truth_questions
select
    local_authority_code,
    return_year(completed_date) as return_year,
    survey_code,
    questionnaire_type_code,
    if(asked_of = 'interviewer', 'interviewer', respondent_type_code) as respondent_type_code,
    question_code,
    count(*) as answered_count,
    count(*) filter (where answer_code <> '9') as valid_count,
    count(*) filter (where list_contains(str_split(positive_answer_codes, '|'), answer_code)) as positive_count
from answers
group by all
order by all;
