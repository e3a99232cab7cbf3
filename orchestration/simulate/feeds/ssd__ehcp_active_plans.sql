select
    plans.plan_id as ehcp_active_ehcp_id,
    plans.plan_id as ehcp_ehcp_request_id,
    known(plans.last_review_date) as ehcp_active_ehcp_last_review_date
from world.education_health_care_plans as plans
inner join children_known() as children on plans.child_id = children.child_id
where is_open(plans.plan_start_date, plans.plan_end_date)
order by ehcp_active_ehcp_id
