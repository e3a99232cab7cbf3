-- key: child_id, plan_start_date
select who.child_id, plans.plan_start_date, plans.plan_end_date, plans.team_id
from who
inner join world.child_in_need_plans as plans on who.lived_id = plans.child_id
