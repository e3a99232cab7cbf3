select
    children.looked_after_number as child,
    children.date_of_birth as dob,
    reviews.review_date as review,
    reviews.participation_code as review_code
from world.care_reviews as reviews
inner join world.children on reviews.child_id = children.child_id
where
    reviews.local_authority_code = getvariable('authority')
    and on_day(reviews.review_date)
order by child, review
