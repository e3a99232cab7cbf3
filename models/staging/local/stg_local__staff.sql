select
    local_authority_code,
    exported_date,
    source_system,
    worker_id as worker_key,
    registration_number as registration_key,
    post_id,
    team_id,
    staff_group_code,
    org_role_code,
    employment_type_code,
    has_direct_work,
    fte,
    role_start_date,
    role_end_date,
    employed_from_date,
    employed_to_date,
    leaving_reason_code,
    leaving_destination_code,
    line_manager_id as line_manager_key,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('local__staff') }}
