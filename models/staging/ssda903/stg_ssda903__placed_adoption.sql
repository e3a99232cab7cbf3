select
    local_authority_code,
    return_year,
    child as person_key,
    dob as date_of_birth,
    date_placed as adoption_decision_date,
    date_placed_ceased as adoption_decision_reversed_date,
    reason_placed_ceased as adoption_decision_reversed_reason_code,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssda903__placed_adoption') }}
