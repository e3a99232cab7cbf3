select
    local_authority_code,
    exported_date,
    source_system,
    activity_id,
    activity_type_code,
    group_code,
    title_text,
    service_code,
    activity_date,
    completed_date,
    activity_status_code,
    quality_grade_code,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('local__board_activity') }}
