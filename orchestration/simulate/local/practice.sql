-- What workers hold, the supervision they have, and what auditors find.

insert into world.staff_qualifications
with held as (
    select
        list.*,
        roles.worker_id,
        roles.local_authority_code,
        roles.employed_from_date,
        roles.last_day,
        staff.qualified_date,
        concat_ws(' ', list.credential_code, roles.worker_id) as key
    from (
        select worker_id, local_authority_code, staff_group_code, min(employed_from_date) as employed_from_date,
            max(coalesce(employed_to_date, getvariable('as_at') + 1)) as last_day
        from world.workers
        group by worker_id, local_authority_code, staff_group_code
    ) as roles
    inner join local_staff_credentials as list on roles.staff_group_code = list.staff_group_code
    left join world.staff as staff on roles.worker_id = staff.worker_id
    where draw('holds', concat_ws(' ', list.credential_code, roles.worker_id)) < if(list.credential_code = 'development_plan', 1, list.held_share)
    qualify row_number() over (partition by list.credential_code, roles.worker_id order by roles.employed_from_date) = 1
),

dated as (
    select
        worker_id, local_authority_code, credential_code, credential_level, key,
        coalesce(
            case when credential_code in ('social_work_degree', 'social_work_england') then qualified_date end,
            employed_from_date + between_(-2500, 400, 'awarded', key)
        ) as awarded_date,
        -- Registration is renewed each November; a few let it lapse.
        case
            when is_renewed_yearly = 'N' then null
            when draw('lapsed', key) < 0.02 then make_date(year(getvariable('as_at')) - 1, 11, 30)
            else make_date(year(getvariable('as_at')) + if(month(getvariable('as_at')) = 12, 1, 0), 11, 30)
        end as expiry_date
    from held
    where credential_code <> 'development_plan'
    union all
    -- A plan is agreed once a year, in the month work began.
    select
        worker_id, local_authority_code, credential_code, credential_level, concat_ws(' ', key, n),
        agreed_date, agreed_date + 365
    from (
        select *, cast(employed_from_date + to_years(cast(n as integer)) as date)
            + between_(20, 80, 'agreed', concat_ws(' ', key, n)) as agreed_date
        from held
        cross join range(40) as years (n)
        where credential_code = 'development_plan'
    )
    where agreed_date between getvariable('detail_from') and least(getvariable('as_at'), last_day)
        and draw('agreed this year', concat_ws(' ', key, n)) < 0.86
)

select
    local_authority_code,
    row_number() over (order by local_authority_code, worker_id, credential_code, awarded_date) as worker_credential_id,
    worker_id,
    credential_code,
    credential_level,
    -- Some are still studied for.
    case when credential_code = 'development_plan' or awarded_date <= getvariable('as_at') then awarded_date end as awarded_date,
    case when awarded_date <= getvariable('as_at') then greatest(expiry_date, awarded_date) end as expiry_date
from dated
order by worker_credential_id;

insert into world.supervision
with monthly as (
    select
        staff_months.*,
        staff_months.month_start_date + between_(9, 24, 'due', concat_ws(' ', worker_id, month_start_date)) as due_date,
        concat_ws(' ', worker_id, month_start_date) as key
    from staff_months
    where staff_group_code not in ('business_support', 'other')
),

sessions as (
    select
        local_authority_code, worker_id, line_manager_id as supervisor_id, due_date, key, false as is_group_session, key as session_key,
        case when draw('held', key) < rate('local_supervision_held') then due_date + between_(-4, 8, 'held day', key) end as held_date,
        case
            when draw('kind', key) < rate('local_supervision_reflective') then 'reflective'
            when draw('kind', key) < rate('local_supervision_reflective') + rate('local_supervision_mixed') then 'mixed'
            else 'case'
        end as supervision_type_code
    from monthly
    union all
    -- Once a quarter the team meets to reflect.
    select
        local_authority_code, worker_id, line_manager_id, month_start_date + 17, key, true, concat_ws(' ', team_id, month_start_date),
        case when draw('group held', concat_ws(' ', team_id, month_start_date)) < 0.9 and draw('in group', key) < 0.85
            then month_start_date + 17 end,
        'reflective'
    from monthly
    where month(month_start_date) in (3, 6, 9, 12)
),

employed as (
    select sessions.*
    from sessions
    inner join world.workers as workers
        on sessions.worker_id = workers.worker_id
        and workers.role_start_date <= coalesce(sessions.held_date, sessions.due_date)
        and still(workers.role_end_date) > coalesce(sessions.held_date, sessions.due_date)
    where sessions.due_date <= getvariable('as_at')
)

select
    local_authority_code,
    dense_rank() over (order by local_authority_code, due_date, session_key) as supervision_id,
    worker_id,
    case when supervisor_id <> worker_id then supervisor_id end as supervisor_id,
    supervision_type_code,
    due_date,
    by_now(held_date) as held_date,
    is_group_session
from employed
qualify row_number() over (partition by worker_id, session_key order by due_date) = 1
order by supervision_id, worker_id;

-- ---- audits ----

create temp table auditors as
select *, row_number() over (partition by local_authority_code, month_start_date order by worker_id) as place,
    count(*) over (partition by local_authority_code, month_start_date) as auditor_count
from staff_months
where org_role_code in ('1', '2', '3') or staff_group_code = 'manager';

create temp table audited as
with chosen as (
    select
        types.audit_type_code, types.commissioned_by_code, types.agencies as agency_code, child_months.local_authority_code,
        child_months.child_id, child_months.month_start_date,
        least(child_months.month_start_date + between_(2, 26, 'audit day', concat_ws(' ', types.audit_type_code, child_months.child_id, child_months.month_start_date)),
            getvariable('as_at')) as audit_date,
        null as audited_event_date,
        concat_ws(' ', types.audit_type_code, child_months.child_id, child_months.month_start_date) as key
    from (select distinct audit_type_code, commissioned_by_code, agencies, yearly_per_100_open_cases from local_audit_questions) as types
    inner join child_months on child_months.service_status_code <> 'care_leaver'
    where types.audit_type_code <> 'assessment'
        and draw('audited', concat_ws(' ', types.audit_type_code, child_months.child_id, child_months.month_start_date))
            < types.yearly_per_100_open_cases / 1200
    union all
    -- Assessments, after they were authorised.
    select
        'assessment', 'authority', 'childrens_social_care', people.local_authority_code, people.child_id,
        date_trunc('month', assessments.assessment_authorised_date + 40), 
        assessments.assessment_authorised_date + between_(8, 40, 'audit day', assessments.assessment_id),
        assessments.assessment_authorised_date,
        'assessment ' || assessments.assessment_id
    from world.assessments as assessments
    inner join people on assessments.child_id = people.child_id
    where assessments.assessment_authorised_date >= greatest(getvariable('detail_from'), people.date_of_birth)
        and draw('audited', 'assessment ' || assessments.assessment_id) < rate('local_assessments_audited')
    union all
    -- The board's own: case files for the outcomes of care plans, themes and returns of agencies.
    select
        'case_file', 'lscb', 'childrens_social_care', child_months.local_authority_code, child_months.child_id, child_months.month_start_date,
        least(child_months.month_start_date + between_(2, 26, 'board audit day', child_months.child_id), getvariable('as_at')), null,
        concat_ws(' ', 'care plan', child_months.child_id, child_months.month_start_date)
    from child_months
    where child_months.service_status_code in ('looked_after', 'protection_plan')
    qualify row_number() over (
        partition by child_months.local_authority_code, child_months.month_start_date
        order by draw('care plan audited', concat_ws(' ', child_months.child_id, child_months.month_start_date))
    ) <= rate('local_care_plan_audits') / 12
    union all
    select
        one_of('thematic|single_agency_return|single_agency_return|multi_agency', 'board audit', concat_ws(' ', local_authority_code, month_start_date)),
        'lscb', one_of('police|community_health|school|education_services|housing', 'agency audited', concat_ws(' ', local_authority_code, month_start_date)),
        local_authority_code, null, month_start_date, least(month_start_date + 12, getvariable('as_at')), null,
        concat_ws(' ', 'board', local_authority_code, month_start_date)
    from world.authorities
    cross join months
    where draw('board audits', concat_ws(' ', local_authority_code, month_start_date)) < rate('local_audits_of_the_board') / 12
    union all
    select
        'peer_review', 'partner', 'childrens_social_care', local_authority_code, null, month_start_date, month_start_date + 9, null,
        concat_ws(' ', 'peer', local_authority_code, month_start_date)
    from world.authorities
    cross join months
    where month(month_start_date) = 2 and year(month_start_date) % 2 = 0
)

select
    chosen.*,
    row_number() over (order by chosen.local_authority_code, chosen.audit_date, chosen.key) as audit_id,
    auditors.worker_id as auditor_id,
    key_workers.team_id,
    by_now(chosen.audit_date + wait(18, 'signed off', chosen.key)) as audit_completed_date
from chosen
left join auditors
    on chosen.local_authority_code = auditors.local_authority_code
    and auditors.month_start_date = date_trunc('month', chosen.audit_date)
    and auditors.place = 1 + cast(floor(draw('auditor', chosen.key) * auditors.auditor_count) as integer)
    and chosen.commissioned_by_code in ('authority', 'lscb')
left join key_workers
    on chosen.child_id = key_workers.child_id
    and key_workers.allocation_start_date <= chosen.audit_date
    and key_workers.allocation_end_date > chosen.audit_date
where chosen.audit_date between getvariable('detail_from') and getvariable('as_at')
qualify row_number() over (partition by chosen.key order by key_workers.allocation_start_date desc) = 1
order by audit_id;

insert into world.audits
with asked as (
    select audited.*, questions.question_code, questions.answer_scale, questions.good_share, questions.moderated_share,
        concat_ws(' ', audited.key, questions.question_code) as question_key
    from audited
    inner join local_audit_questions as questions on audited.audit_type_code = questions.audit_type_code
    where audited.commissioned_by_code = 'authority'
        -- Threshold decisions are looked at where there was one.
        and (questions.question_code not like 'threshold%' or audited.audit_type_code = 'dip_sample'
            or draw('threshold asked', concat_ws(' ', audited.key, questions.question_code)) < 0.35)
    union all
    select audited.*, question_code, answer_scale, good_share, null, concat_ws(' ', audited.key, question_code)
    from audited
    cross join (
        values
        ('case_file', 'plan_outcomes_set', 'number', 0), ('case_file', 'plan_outcomes_achieved', 'number', 0),
        ('case_file', 'practice_grade', 'grade4', 0.55),
        ('thematic', 'multi_agency_working', 'grade4', 0.6), ('thematic', 'police_information_recorded', 'yes_partly_no', 0.66),
        ('single_agency_return', 'recording', 'grade4', 0.6), ('multi_agency', 'multi_agency_working', 'grade4', 0.55),
        ('multi_agency', 'police_information_recorded', 'yes_partly_no', 0.7)
    ) as board_questions (audit_type_code, question_code, answer_scale, good_share)
    where audited.commissioned_by_code = 'lscb' and audited.audit_type_code = board_questions.audit_type_code
    union all
    select audited.*, 'practice_grade', 'grade4', 0.5, null, audited.key || ' practice_grade'
    from audited
    where audited.audit_type_code = 'peer_review'
),

answered as (
    select
        *,
        -- One file is good in most things or in few.
        0.6 * draw('file', key) + 0.4 * draw('found', question_key) as found_draw,
        0.6 * draw('file', key) + 0.4 * draw('moderation', question_key) as other_draw,
        1 + between_(1, 5, 'outcomes set', key) as outcomes_set
    from asked
),

graded as (
    select
        *,
        case answer_scale
            when 'grade4' then case
                when found_draw < good_share * 0.15 then 'outstanding' when found_draw < good_share then 'good'
                when found_draw < 0.90 then 'requires_improvement' else 'inadequate' end
            when 'yes_partly_no' then case when found_draw < good_share then 'yes' when found_draw < good_share + 0.2 then 'partly' else 'no' end
            when 'yes_no' then if(found_draw < good_share, 'yes', 'no')
            when 'explicit' then case when found_draw < good_share then 'explicit' when found_draw < good_share + 0.18 then 'implied' else 'not_recorded' end
        end as answer_code
    from answered
)

select
    local_authority_code,
    audit_id,
    audit_type_code,
    commissioned_by_code,
    audit_date,
    audit_completed_date,
    audited_event_date,
    child_id,
    auditor_id,
    agency_code,
    team_id,
    null as service_code,
    question_code,
    answer_code,
    case question_code
        when 'plan_outcomes_set' then outcomes_set
        when 'plan_outcomes_achieved' then len(list_filter(range(outcomes_set),
            lambda t: draw('achieved', concat_ws(' ', key, t)) < rate_achieved))
    end as answer_value,
    case when moderated_share is not null and draw('moderated', question_key) < moderated_share then
        if(draw('agreed', question_key) < 0.82, answer_code,
            case answer_code when 'outstanding' then 'good' when 'good' then 'requires_improvement'
                when 'requires_improvement' then one_of('good|inadequate', 'other grade', question_key) else 'requires_improvement' end)
    end as moderated_answer_code,
    case when question_code = 'practice_grade' then one_of('Chronology up to date.|Plan without dates.|Child seen alone and heard.', 'finding', key) end
        as finding_text
from graded
cross join (select rate('local_case_plan_outcomes_achieved') as rate_achieved)
order by audit_id, question_code;
