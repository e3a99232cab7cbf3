-- List 7: children on a protection plan now or in six months, one row per plan.
with visited as (
    select
        protection_plan_id,
        max(visit_date) as last_visit_date,
        max_by(is_seen_alone, visit_date) as is_seen_alone
    from world.visits
    where protection_plan_id is not null and visit_date <= getvariable('as_known_on')
    group by protection_plan_id
),

reviewed as (
    select protection_plan_id, max(review_date) as last_review_date
    from world.plan_reviews
    where review_date <= getvariable('as_known_on')
    group by protection_plan_id
),

emergency as (
    select distinct child_id from world.legal_statuses
    where
        legal_status_code in ('L1', 'L2')
        and touches_months(6, legal_status_start_date, legal_status_end_date)
)

select
    listed.* exclude (child_key),
    plans.plan_start_date as child_protection_plan_start_date,
    as_listed('annex_a_abuse_category', plans.initial_abuse_category_code)
        as initial_category_of_abuse,
    as_listed('annex_a_abuse_category', case
        when known(plans.category_changed_date) is not null then plans.latest_abuse_category_code
        else plans.initial_abuse_category_code
    end) as latest_category_of_abuse,
    visited.last_visit_date as date_of_the_last_statutory_visit,
    yes_no(visited.is_seen_alone) as seen_alone,
    reviewed.last_review_date as date_of_latest_review_conference,
    known(plans.plan_end_date) as child_protection_plan_end_date,
    yes_no(emergency.child_id is not null) as emergency_or_police_protection_6m,
    plans.previous_plan_count as number_of_previous_child_protection_plans,
    holders.allocated_team,
    holders.allocated_worker
from world.protection_plans as plans
inner join listed_children() as listed on plans.child_id = listed.child_key
left join visited on plans.protection_plan_id = visited.protection_plan_id
left join reviewed on plans.protection_plan_id = reviewed.protection_plan_id
left join emergency on plans.child_id = emergency.child_id
left join holders() as holders on plans.child_id = holders.child_key
where touches_months(6, plans.plan_start_date, plans.plan_end_date)
order by child_id, child_protection_plan_start_date
