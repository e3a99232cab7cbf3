select
    local_authority_code,
    return_year,
    worker_row_id as worker_position,
    contract_weeks,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('csww__agency_contract') }}
