select
    plans.protection_plan_id as cppl_cp_plan_id,
    plans.referral_id as cppl_referral_id,
    plans.conference_id as cppl_icpc_id,
    children.person_id as cppl_person_id,
    plans.plan_start_date as cppl_cp_plan_start_date,
    known(plans.plan_end_date) as cppl_cp_plan_end_date,
    plans.initial_abuse_category_code as cppl_cp_plan_initial_category,
    case
        when known(plans.category_changed_date) is not null then plans.latest_abuse_category_code
        else plans.initial_abuse_category_code
    end as cppl_cp_plan_latest_category,
    plans.is_other_authority_plan as cppl_cp_plan_ola
from world.protection_plans as plans
inner join children_known() as children on plans.child_id = children.child_id
where plans.plan_start_date <= getvariable('as_known_on')
order by cppl_cp_plan_id
