select
    local_authority_code,
    exported_date,
    cppv_person_id as person_key,
    cppv_cp_visit_id as visit_id,
    cppv_cp_plan_id as protection_plan_id,
    cppv_cp_visit_date as visit_date,
    cppv_cp_visit_seen as is_child_seen,
    cppv_cp_visit_seen_alone as is_seen_alone,
    cppv_cp_visit_bedroom as is_bedroom_seen,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__cp_visits') }}
