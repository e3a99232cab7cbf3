select
    children.census_number as la_child_id,
    plans.referral_id as cin_details_id,
    reviews.protection_plan_id as cpp_id,
    reviews.review_date
from world.plan_reviews as reviews
inner join world.protection_plans as plans
    on reviews.protection_plan_id = plans.protection_plan_id
inner join world.referrals on plans.referral_id = referrals.referral_id
inner join world.children on reviews.child_id = children.child_id
where
    reviews.local_authority_code = getvariable('authority')
    and not plans.is_other_authority_plan
    and in_period(referrals.referral_date, referrals.closure_date)
    and in_period(plans.plan_start_date, plans.plan_end_date)
    and on_day(reviews.review_date)
order by la_child_id, cin_details_id, cpp_id, review_date
