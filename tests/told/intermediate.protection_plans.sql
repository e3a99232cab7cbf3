-- key: child_id, plan_start_date
select
    who.child_id,
    plans.plan_start_date,
    plans.plan_end_date,
    plans.initial_abuse_category_code,
    plans.latest_abuse_category_code,
    -- Asked in the census; of older plans those of this authority that are held are counted.
    case
        when coalesce(is_returned(plans.plan_end_date), true) then plans.previous_plan_count
        else row_number() over (partition by who.child_id order by plans.plan_start_date) - 1
    end as previous_plan_count,
    plans.is_other_authority_plan
from who
inner join world.protection_plans as plans on who.lived_id = plans.child_id
