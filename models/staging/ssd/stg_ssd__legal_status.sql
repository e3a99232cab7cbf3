select
    local_authority_code,
    exported_date,
    lega_person_id as person_key,
    lega_legal_status_id as legal_status_id,
    lega_legal_status as legal_status,
    lega_legal_status_start_date as legal_status_start_date,
    lega_legal_status_end_date as legal_status_end_date,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__legal_status') }}
