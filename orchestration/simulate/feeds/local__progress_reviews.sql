select
    getvariable('authority') as la_code,
    getvariable('exported_on') as extract_date,
    'case_system' as source_system,
    records.progress_review_id,
    records.person_id,
    records.family_id,
    records.participation_id,
    records.service_code,
    records.measure_code,
    records.item_number,
    records.item_text,
    records.review_type_code,
    records.review_date,
    records.rater_type_code,
    records.worker_id,
    records.score,
    records.result_code,
    records.intended_direction_code,
    records.target_score,
    records.target_date,
    records.is_chosen_by_child
from world.progress_reviews as records
where records.local_authority_code = getvariable('authority')
order by records.progress_review_id
