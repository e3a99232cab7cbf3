select
    reviews.plan_review_id as cppr_cp_review_id,
    children.person_id as cppr_person_id,
    reviews.protection_plan_id as cppr_cp_plan_id,
    reviews.review_due_date as cppr_cp_review_due,
    reviews.review_date as cppr_cp_review_date,
    children.family_id || '-' || strftime(reviews.review_date, '%Y%m%d')
        as cppr_cp_review_meeting_id,
    reviews.is_plan_continuing as cppr_cp_review_outcome_continue_cp,
    reviews.is_quorate as cppr_cp_review_quorate,
    reviews.participation_code as cppr_cp_review_participation
from world.plan_reviews as reviews
inner join children_known() as children on reviews.child_id = children.child_id
where on_day(reviews.review_date)
order by cppr_cp_review_id
