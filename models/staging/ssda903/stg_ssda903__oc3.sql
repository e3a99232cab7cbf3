select
    local_authority_code,
    return_year,
    child as person_key,
    dob as date_of_birth,
    in_touch as contact_code,
    activ as activity_code,
    accom as accommodation_code,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssda903__oc3') }}
