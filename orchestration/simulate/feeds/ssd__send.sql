select
    plans.plan_id as send_table_id,
    children.person_id as send_person_id,
    children.upn as send_upn,
    case when children.upn is null then children.upn_unknown_code end as send_upn_unknown
from world.education_health_care_plans as plans
inner join children_known() as children on plans.child_id = children.child_id
where plans.request_date <= getvariable('as_known_on')
order by send_table_id
