select
    local_authority_code,
    exported_date,
    source_system,
    worker_credential_id,
    worker_id as worker_key,
    credential_code,
    credential_level,
    awarded_date,
    expiry_date,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('local__staff_qualifications') }}
