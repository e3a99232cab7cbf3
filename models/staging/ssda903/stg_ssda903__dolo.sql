select
    local_authority_code,
    return_year,
    child as person_key,
    dob as date_of_birth,
    dolo_start as deprivation_of_liberty_start_date,
    dolo_end as deprivation_of_liberty_end_date,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssda903__dolo') }}
