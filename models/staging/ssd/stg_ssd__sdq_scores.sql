select
    local_authority_code,
    exported_date,
    csdq_person_id as person_key,
    csdq_table_id as sdq_id,
    csdq_sdq_completed_date as sdq_date,
    csdq_sdq_score as sdq_total_score,
    csdq_sdq_reason as no_score_reason_code,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__sdq_scores') }}
