-- Plans in force in the year; those of other authorities are theirs to return.
select
    children.census_number as la_child_id,
    plans.referral_id as cin_details_id,
    plans.protection_plan_id as cpp_id,
    plans.plan_start_date,
    known(plans.plan_end_date) as plan_end_date,
    plans.initial_abuse_category_code as initial_abuse_category,
    case
        when known(plans.category_changed_date) is not null then plans.latest_abuse_category_code
        else plans.initial_abuse_category_code
    end as latest_abuse_category,
    plans.previous_plan_count as number_of_previous_plans
from world.protection_plans as plans
inner join world.referrals on plans.referral_id = referrals.referral_id
inner join world.children on plans.child_id = children.child_id
where
    plans.local_authority_code = getvariable('authority')
    and not plans.is_other_authority_plan
    and in_period(referrals.referral_date, referrals.closure_date)
    and in_period(plans.plan_start_date, plans.plan_end_date)
order by la_child_id, cin_details_id, plans.plan_start_date, cpp_id
