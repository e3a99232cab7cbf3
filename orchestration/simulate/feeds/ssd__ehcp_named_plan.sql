select
    plans.plan_id as ehcn_named_plan_id,
    plans.plan_id as ehcn_ehcp_asmt_id,
    plans.plan_start_date as ehcn_named_plan_start_date,
    known(plans.plan_end_date) as ehcn_named_plan_ceased_date
from world.education_health_care_plans as plans
inner join children_known() as children on plans.child_id = children.child_id
where plans.plan_start_date <= getvariable('as_known_on')
order by ehcn_named_plan_id
