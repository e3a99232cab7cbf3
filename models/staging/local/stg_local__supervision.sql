select
    local_authority_code,
    exported_date,
    source_system,
    supervision_id,
    worker_id as worker_key,
    supervisor_id as supervisor_key,
    supervision_type_code,
    due_date,
    held_date,
    is_group_session,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('local__supervision') }}
