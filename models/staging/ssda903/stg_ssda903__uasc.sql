select
    local_authority_code,
    return_year,
    child as person_key,
    sex as sex_code,
    dob as date_of_birth,
    duc as uasc_status_ceased_date,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssda903__uasc') }}
