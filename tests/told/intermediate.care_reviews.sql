-- key: child_id, held_or_due_date
select
    who.child_id,
    coalesce(reviews.review_date, reviews.review_due_date) as held_or_due_date,
    reviews.review_date,
    reviews.review_due_date,
    reviews.is_cancelled,
    reviews.participation_code
from who
inner join world.care_reviews as reviews on who.lived_id = reviews.child_id
where on_day(coalesce(reviews.review_date, reviews.review_due_date))
