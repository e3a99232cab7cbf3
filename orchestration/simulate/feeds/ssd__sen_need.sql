select
    plans.plan_id as senn_table_id,
    plans.plan_id as senn_active_ehcp_id,
    plans.need_type as senn_active_ehcp_need_type,
    '1' as senn_active_ehcp_need_rank
from world.education_health_care_plans as plans
inner join children_known() as children on plans.child_id = children.child_id
where is_open(plans.plan_start_date, plans.plan_end_date)
order by senn_table_id
