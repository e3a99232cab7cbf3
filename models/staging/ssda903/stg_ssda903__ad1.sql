select
    local_authority_code,
    return_year,
    child as person_key,
    dob as date_of_birth,
    date_int as should_be_placed_date,
    date_match as matched_date,
    foster_care as is_adopted_by_former_carer,
    nb_adoptr as adopter_count,
    sex_adoptr as adopter_sex_code,
    ls_adoptr as adopter_legal_status_code,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssda903__ad1') }}
