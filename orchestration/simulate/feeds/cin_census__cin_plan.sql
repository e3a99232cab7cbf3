select
    children.census_number as la_child_id,
    plans.referral_id as cin_details_id,
    plans.plan_start_date,
    known(plans.plan_end_date) as plan_end_date
from world.child_in_need_plans as plans
inner join world.referrals on plans.referral_id = referrals.referral_id
inner join world.children on plans.child_id = children.child_id
where
    plans.local_authority_code = getvariable('authority')
    and in_period(referrals.referral_date, referrals.closure_date)
    and in_period(plans.plan_start_date, plans.plan_end_date)
order by la_child_id, cin_details_id, plans.plan_start_date
