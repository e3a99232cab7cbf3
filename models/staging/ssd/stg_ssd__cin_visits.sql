select
    local_authority_code,
    exported_date,
    cinv_person_id as person_key,
    cinv_cin_visit_id as visit_id,
    cinv_cin_visit_date as visit_date,
    cinv_cin_visit_seen as is_child_seen,
    cinv_cin_visit_seen_alone as is_seen_alone,
    cinv_cin_visit_bedroom as is_bedroom_seen,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__cin_visits') }}
