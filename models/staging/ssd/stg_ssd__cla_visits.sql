select
    local_authority_code,
    exported_date,
    clav_person_id as person_key,
    clav_cla_visit_id as visit_id,
    clav_cla_id as care_period_id,
    clav_cla_visit_date as visit_date,
    clav_cla_visit_seen as is_child_seen,
    clav_cla_visit_seen_alone as is_seen_alone,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__cla_visits') }}
