select
    local_authority_code,
    return_year,
    child as person_key,
    dob as date_of_birth,
    sw_id as worker_id,
    sw_decom as worker_start_date,
    sw_dec as worker_end_date,
    sw_reason as worker_change_reason_code,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssda903__sw_episodes') }}
