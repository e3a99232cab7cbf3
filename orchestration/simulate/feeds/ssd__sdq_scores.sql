select
    scores.sdq_id as csdq_table_id,
    children.person_id as csdq_person_id,
    scores.sdq_date as csdq_sdq_completed_date,
    scores.sdq_total_score as csdq_sdq_score,
    scores.no_score_reason_code as csdq_sdq_reason
from world.sdq_scores as scores
inner join children_known() as children on scores.child_id = children.child_id
where on_day(scores.sdq_date)
order by csdq_table_id
