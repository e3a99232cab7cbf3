select
    local_authority_code,
    exported_date,
    source_system,
    partner_role_id,
    agency_code,
    outcome_id,
    indicator_id,
    service_code,
    role_text,
    start_date,
    end_date,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('local__partners') }}
