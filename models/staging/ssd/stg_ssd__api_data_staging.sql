select
    local_authority_code,
    exported_date,
    person_id as person_key,
    id as payload_id,
    submission_status,
    submission_timestamp as submitted_at,
    row_state,
    last_updated as updated_at,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__api_data_staging') }}
