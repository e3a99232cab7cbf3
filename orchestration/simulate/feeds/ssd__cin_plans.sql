select
    plans.plan_id as cinp_cin_plan_id,
    plans.referral_id as cinp_referral_id,
    children.person_id as cinp_person_id,
    plans.plan_start_date as cinp_cin_plan_start_date,
    known(plans.plan_end_date) as cinp_cin_plan_end_date,
    plans.team_id as cinp_cin_plan_team,
    staff.professional_id as cinp_cin_plan_worker_id
from world.child_in_need_plans as plans
inner join children_known() as children on plans.child_id = children.child_id
left join world.staff on plans.worker_id = staff.worker_id
where plans.plan_start_date <= getvariable('as_known_on')
order by cinp_cin_plan_id
