select
    local_authority_code,
    return_year,
    child as person_key,
    sex as sex_code,
    dob as date_of_birth,
    ethnic as ethnicity_code,
    upn as upn_key,
    upn_unknown as upn_unknown_code,
    mother as mother_code,
    uasc as is_uasc,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssda903__header') }}
