select
    local_authority_code,
    exported_date,
    source_system,
    action_id,
    action_type_code,
    origin_type_code,
    origin_id,
    indicator_id,
    outcome_id,
    service_code,
    agency_code,
    theme_code,
    action_text,
    owner_role,
    start_date,
    due_date,
    completed_date,
    action_status_code,
    told_date,
    is_low_cost,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('local__actions') }}
