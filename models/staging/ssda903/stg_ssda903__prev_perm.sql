select
    local_authority_code,
    return_year,
    child as person_key,
    dob as date_of_birth,
    prev_perm as previous_permanence_code,
    la_perm as previous_permanence_la,
    date_perm as previous_permanence_date,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssda903__prev_perm') }}
