select
    local_authority_code,
    return_year,
    collection,
    year as header_year,
    reference_date,
    source_level,
    la_code as header_local_authority_code,
    software_code,
    created_at,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('csww__header') }}
