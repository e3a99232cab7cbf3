select
    local_authority_code,
    return_year,
    la_child_id as person_key,
    upn as upn_key,
    former_upn as former_upn_key,
    upn_unknown as upn_unknown_code,
    date_of_birth,
    expected_date_of_birth,
    sex as sex_code,
    date_of_death,
    ethnicity as ethnicity_code,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('cin_census__child') }}
