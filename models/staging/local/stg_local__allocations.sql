select
    local_authority_code,
    exported_date,
    source_system,
    allocation_id,
    child_id as person_key,
    worker_id as worker_key,
    team_id,
    allocation_role_code,
    allocation_start_date,
    allocation_end_date,
    change_reason_code,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('local__allocations') }}
