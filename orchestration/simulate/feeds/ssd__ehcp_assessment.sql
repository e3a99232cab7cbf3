select
    plans.plan_id as ehca_ehcp_assessment_id,
    plans.plan_id as ehca_ehcp_request_id,
    plans.assessment_outcome_date as ehca_ehcp_assessment_outcome_date,
    case when plans.plan_start_date is null then 'N' else 'Y' end as ehca_ehcp_assessment_outcome
from world.education_health_care_plans as plans
inner join children_known() as children on plans.child_id = children.child_id
where plans.assessment_outcome_date <= getvariable('as_known_on')
order by ehca_ehcp_assessment_id
