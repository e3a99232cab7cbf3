-- What must be true of the local part of every world: each query returns the rows that break it.
-- The sentence before each query is its name.

-- nobody answers who was not invited
select responses.response_id
from world.survey_responses as responses
left join world.survey_invitations as invitations using (invitation_id)
where responses.respondent_type_code not in ('partner', 'interviewer') and responses.survey_code <> 'training_impact'
    and (invitations.invited_date is null or invitations.invited_date > responses.completed_date)

-- children answer questions of their age
select responses.response_id
from world.survey_responses as responses
inner join world.survey_questions as questions
    using (local_authority_code, survey_code, survey_version, question_code)
where responses.respondent_type_code = 'child'
    and responses.age_years not between coalesce(questions.minimum_age, 0) and coalesce(questions.maximum_age, 25)

-- children asked in a yearly wave had the service they were asked about
select invitations.invitation_id
from world.survey_invitations as invitations
where invitations.survey_code = 'children_views' and invitations.service_status_code = 'looked_after'
    and not exists (
        select 1 from world.care_periods as periods
        where periods.child_id = invitations.child_id
            and periods.period_start_date <= invitations.invited_date
            and coalesce(periods.period_end_date, date '9999-12-31') > invitations.invited_date - 40
    )
    and invitations.invited_date is not null

-- who was met by an advocate for a conference was on a plan or conferred about
select invitations.invitation_id
from world.survey_invitations as invitations
where invitations.advocate_met_date is not null
    and invitations.child_id not in (select child_id from world.initial_conferences)

-- a second questionnaire follows the end of a plan
select responses.response_id
from world.survey_responses as responses
where responses.questionnaire_type_code = 'deregistration'
    and not exists (
        select 1 from world.protection_plans as plans
        where plans.child_id = responses.child_id
            and responses.completed_date - plans.plan_end_date between 0 and 70
    )

-- an interviewer writes within seven days
select response_id
from world.survey_responses
group by response_id
having max(completed_date) - min(completed_date) > 7

-- no review comes before its baseline
select reviews.progress_review_id
from world.progress_reviews as reviews
where reviews.review_type_code <> 'baseline'
    and not exists (
        select 1 from world.progress_reviews as baselines
        where baselines.review_type_code = 'baseline'
            and baselines.measure_code = reviews.measure_code
            and baselines.item_number = reviews.item_number
            and baselines.person_id is not distinct from reviews.person_id
            and baselines.family_id is not distinct from reviews.family_id
            and baselines.review_date < reviews.review_date
    )

-- scores lie inside their scale
select reviews.progress_review_id
from world.progress_reviews as reviews
inner join world.progress_measures as measures using (local_authority_code, measure_code)
where reviews.score < measures.minimum_score or reviews.score > measures.maximum_score

-- reviews of a place lie after its start
select reviews.progress_review_id
from world.progress_reviews as reviews
inner join world.programme_participation as places using (participation_id)
where reviews.review_date < places.start_date

-- a place is referred, offered, begun and ended in this order
select participation_id
from world.programme_participation
where offered_date < referral_date or start_date < offered_date or end_date < start_date
    or (start_date is null and end_date is not null)

-- nobody attends more sessions than were offered
select participation_id from world.programme_participation where sessions_attended_count > sessions_offered_count

-- a pupil is at one setting at a time
select first.enrolment_id
from world.education_enrolments as first
inner join world.education_enrolments as second
    on first.person_id = second.person_id
    and first.enrolment_id < second.enrolment_id
    and first.entry_date < coalesce(second.leaving_date, date '9999-12-31')
    and second.entry_date < coalesce(first.leaving_date, date '9999-12-31')

-- attendance lies within an enrolment at that school
select attendance.person_id
from world.education_attendance as attendance
where not exists (
    select 1 from world.education_enrolments as enrolments
    where enrolments.person_id = attendance.person_id
        and enrolments.setting_urn = attendance.setting_urn
        and enrolments.entry_date < make_date(attendance.academic_year, 8, 1)
        and coalesce(enrolments.leaving_date, date '9999-12-31') > make_date(attendance.academic_year - 1, 9, 1)
)

-- nobody misses more sessions than there are
select person_id from world.education_attendance
where sessions_authorised + sessions_unauthorised > sessions_possible or least(sessions_authorised, sessions_unauthorised) < 0

-- pupils are suspended from the school they are at
select exclusions.exclusion_id
from world.education_exclusions as exclusions
where not exists (
    select 1 from world.education_enrolments as enrolments
    where enrolments.person_id = exclusions.person_id
        and enrolments.setting_urn = exclusions.setting_urn
        and enrolments.entry_date <= exclusions.exclusion_start_date
        and coalesce(enrolments.leaving_date, date '9999-12-31') >= exclusions.exclusion_start_date
)

-- needs of a health assessment are found on its day
select plans.support_item_id
from world.support_plans as plans
left join world.health_checks as checks on plans.assessment_id = 'HC' || checks.health_check_id
where plans.assessment_id is not null and plans.assessed_date is distinct from checks.check_date

-- support does not end before it began, nor begin before it was planned
select support_item_id from world.support_plans
where support_end_date < support_start_date or support_start_date < plan_start_date or plan_start_date < assessed_date

-- family time lies within care and is not held more often than planned
select contacts.contact_plan_id
from world.family_contacts as contacts
where contacts.held_count > contacts.planned_count or contacts.period_end_date < contacts.period_start_date
    or not exists (
        select 1 from world.care_periods as periods
        where periods.child_id = contacts.child_id
            and periods.period_start_date <= contacts.period_start_date
            and coalesce(periods.period_end_date, date '9999-12-31') > contacts.period_end_date
    )

-- details and costs are of placements, on their days
select details.placement_id
from world.placement_details as details
left join world.placements as placements using (placement_id)
where details.placement_start_date is distinct from placements.placement_start_date
    or details.placement_end_date is distinct from placements.placement_end_date

-- a placement is paid for without gap from its start to its end
select costs.placement_id
from world.placement_costs as costs
inner join world.placements as placements using (placement_id)
group by costs.placement_id, placements.placement_start_date, placements.placement_end_date
having min(costs.cost_start_date) <> placements.placement_start_date
    or if(count(*) = count(costs.cost_end_date), max(costs.cost_end_date), null) is distinct from placements.placement_end_date

-- what is spent on placements is what they cost
select placement_weeks.local_authority_code
from placement_weeks
inner join (values ('home_weeks', 'RES'), ('foster_weeks', 'FOS'), ('kinship_weeks', 'FNF')) as drivers (driver, line)
    on placement_weeks.driver = drivers.driver
inner join world.spend_lines as spend
    on placement_weeks.local_authority_code = spend.local_authority_code
    and placement_weeks.month_start_date = spend.period_start_date
    and spend.service_line_code = drivers.line and spend.spend_type_code = 'third_party' and spend.basis_code = 'outturn'
where abs(spend.amount_gbp / nullif(placement_weeks.amount_gbp, 0) - 1) > 0.2

-- incidents happen to children who are alive and known, or to families of a programme
select incidents.incident_id
from world.incidents as incidents
left join world.children as children using (child_id)
where incidents.incident_date < children.date_of_birth or incidents.incident_date > children.date_of_death
    or (incidents.child_id is null and incidents.family_id not in (select family_id from world.programme_family_members))

-- supervision lies within employment
select supervision.supervision_id
from world.supervision as supervision
where not exists (
    select 1 from world.workers as workers
    where workers.worker_id = supervision.worker_id
        and workers.role_start_date <= coalesce(supervision.held_date, supervision.due_date)
        and coalesce(workers.role_end_date, date '9999-12-31') > coalesce(supervision.held_date, supervision.due_date)
)

-- auditors are in post when they audit
select audits.audit_id
from world.audits as audits
where audits.auditor_id is not null
    and not exists (
        select 1 from world.workers as workers
        where workers.worker_id = audits.auditor_id
            and workers.role_start_date <= audits.audit_date
            and coalesce(workers.role_end_date, date '9999-12-31') > audits.audit_date - 31
    )

-- every case file audit has an overall grade
select audit_id
from world.audits
where audit_type_code = 'case_file'
group by audit_id
having count(*) filter (where question_code = 'practice_grade') <> 1

-- no plan achieves more outcomes than it set
select achieved.audit_id
from world.audits as achieved
inner join world.audits as set_ on achieved.audit_id = set_.audit_id and set_.question_code = 'plan_outcomes_set'
where achieved.question_code = 'plan_outcomes_achieved' and achieved.answer_value > set_.answer_value

-- seats on the board and places on training are those of an activity that was held
select seats.attendance_id
from world.meeting_attendance as seats
left join world.board_activities as activities using (activity_id)
where seats.activity_type_code in ('lscb_meeting', 'subgroup_meeting', 'training_session', 'sait_workshop')
    and (activities.activity_date is distinct from seats.activity_date or activities.activity_status_code not in ('held', 'delivered'))

-- learning actions come from an audit
select action_id
from world.actions
where origin_type_code = 'audit' and cast(origin_id as bigint) not in (select audit_id from world.audits)

-- services that are named are in the register
select service_code
from (
    select service_code from world.programme_participation union select service_code from world.support_plans
    union select service_code from world.progress_reviews union select service_code from world.targets
    union select service_code from world.actions union select service_code from world.partners
    union select service_code from world.milestones union select service_code from world.board_activities
    union select service_code from world.survey_responses
)
where service_code is not null and service_code not in (select service_code from world.service_register)

-- nothing lies after the as-at date
select 'answers' from world.survey_responses cross join world.settings where completed_date > as_at or processed_date > as_at
union all
select 'reviews' from world.progress_reviews cross join world.settings where review_date > as_at
union all
select 'places' from world.programme_participation cross join world.settings
where greatest(offered_date, start_date, end_date) > as_at
union all
select 'support' from world.support_plans cross join world.settings
where greatest(assessed_date, support_start_date, support_end_date, status_date, closed_date) > as_at
union all
select 'incidents' from world.incidents cross join world.settings where greatest(incident_date, follow_up_date) > as_at
union all
select 'schools' from world.education_enrolments cross join world.settings where greatest(entry_date, leaving_date) > as_at
union all
select 'exclusions' from world.education_exclusions cross join world.settings where exclusion_start_date > as_at
union all
select 'audits' from world.audits cross join world.settings where greatest(audit_date, audit_completed_date) > as_at
union all
select 'meetings' from world.meeting_attendance cross join world.settings where activity_date > as_at
union all
select 'supervision' from world.supervision cross join world.settings where greatest(due_date, held_date) > as_at
union all
select 'actions' from world.actions cross join world.settings where greatest(start_date, completed_date, told_date) > as_at
