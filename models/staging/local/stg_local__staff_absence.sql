select
    local_authority_code,
    exported_date,
    source_system,
    absence_id,
    worker_id as worker_key,
    absence_start_date,
    absence_end_date,
    absence_reason_code,
    working_days_lost,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('local__staff_absence') }}
