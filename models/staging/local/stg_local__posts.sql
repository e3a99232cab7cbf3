select
    local_authority_code,
    exported_date,
    source_system,
    post_id,
    team_id,
    staff_group_code,
    budgeted_fte,
    required_credential_code,
    required_level,
    start_date,
    end_date,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('local__posts') }}
