select
    local_authority_code,
    exported_date,
    source_system,
    progress_review_id,
    person_id as person_key,
    family_id as family_key,
    participation_id,
    service_code,
    measure_code,
    item_number,
    item_text,
    review_type_code,
    review_date,
    rater_type_code,
    worker_id as worker_key,
    score,
    result_code,
    intended_direction_code,
    target_score,
    target_date,
    is_chosen_by_child,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('local__progress_reviews') }}
