select
    plans.plan_id as ehcr_ehcp_request_id,
    plans.plan_id as ehcr_send_table_id,
    plans.request_date as ehcr_ehcp_req_date,
    known(plans.request_outcome_date) as ehcr_ehcp_req_outcome_date,
    case when known(plans.request_outcome_date) is not null
        then case when plans.assessment_outcome_date is null then 'N' else 'Y' end
    end as ehcr_ehcp_req_outcome
from world.education_health_care_plans as plans
inner join children_known() as children on plans.child_id = children.child_id
where plans.request_date <= getvariable('as_known_on')
order by ehcr_ehcp_request_id
