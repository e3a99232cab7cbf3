select
    assessments.assessment_id as cina_assessment_id,
    children.person_id as cina_person_id,
    assessments.referral_id as cina_referral_id,
    assessments.assessment_start_date as cina_assessment_start_date,
    case when done.is_done then assessments.is_child_seen end as cina_assessment_child_seen,
    known(assessments.assessment_authorised_date) as cina_assessment_auth_date,
    case when done.is_done then assessments.is_no_further_action end as cina_assessment_outcome_nfa,
    case when done.is_done then assessments.is_no_further_action end as cina_nfa_flag,
    case when done.is_done then not assessments.is_no_further_action end
        as cina_prov_of_services_flag,
    case when done.is_done then 1 end as cina_total_no_of_outcomes,
    assessments.team_id as cina_assessment_team,
    staff.professional_id as cina_assessment_worker_id
from world.assessments
inner join children_known() as children on assessments.child_id = children.child_id
left join world.staff on assessments.worker_id = staff.worker_id
cross join lateral (
    select known(assessments.assessment_authorised_date) is not null as is_done
) as done
where assessments.assessment_start_date <= getvariable('as_known_on')
order by cina_assessment_id
