-- key: child_id, plan_start_date, review_date
select
    who.child_id,
    plans.plan_start_date,
    reviews.review_date,
    reviews.review_due_date,
    reviews.is_plan_continuing,
    reviews.is_quorate,
    reviews.participation_code
from who
inner join world.plan_reviews as reviews on who.lived_id = reviews.child_id
inner join world.protection_plans as plans
    on reviews.protection_plan_id = plans.protection_plan_id
where on_day(reviews.review_date)
