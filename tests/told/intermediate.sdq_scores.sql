-- key: record_source, child_id, sdq_date, return_year
select
    'ssda903' as record_source,
    who.child_id,
    cast(null as date) as sdq_date,
    positions.return_year,
    positions.sdq_total_score,
    positions.sdq_reason_code as no_score_reason_code,
    'parent_carer' as informant_code
from who
inner join world.yearly_positions as positions on who.lived_id = positions.child_id
union all
select
    'ssd', who.child_id, scores.sdq_date, null, scores.sdq_total_score,
    scores.no_score_reason_code, scores.informant_code
from who
inner join world.sdq_scores as scores on who.lived_id = scores.child_id
where on_day(scores.sdq_date)
union all
-- Reviews of a programme that uses the questionnaire.
select
    'local', pseudonym('person', reviews.person_id), reviews.review_date, null,
    cast(reviews.score as integer), null, reviews.rater_type_code
from world.progress_reviews as reviews
where reviews.local_authority_code = getvariable('authority')
    and reviews.measure_code = 'sdq_parent_carer'
