select
    reviews.care_review_id as clar_cla_review_id,
    reviews.care_period_id as clar_cla_id,
    reviews.review_due_date as clar_cla_review_due_date,
    known(reviews.review_date) as clar_cla_review_date,
    reviews.is_cancelled as clar_cla_review_cancelled,
    case when known(reviews.review_date) is not null then reviews.participation_code end
        as clar_cla_review_participation
from world.care_reviews as reviews
inner join children_known() as children on reviews.child_id = children.child_id
where on_day(coalesce(reviews.review_date, reviews.review_due_date))
order by clar_cla_review_id
