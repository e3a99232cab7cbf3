select
    local_authority_code,
    return_year,
    child as person_key,
    dob as date_of_birth,
    missing as missing_type_code,
    mis_start as missing_start_date,
    mis_end as missing_end_date,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssda903__missing') }}
