select
    local_authority_code,
    exported_date,
    clar_cla_review_id as care_review_id,
    clar_cla_id as care_period_id,
    clar_cla_review_due_date as review_due_date,
    clar_cla_review_date as review_date,
    clar_cla_review_cancelled as is_cancelled,
    clar_cla_review_participation as participation_code,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__cla_reviews') }}
