select
    local_authority_code,
    return_year,
    la_child_id as person_key,
    cin_details_id as referral_position,
    assessment_id as assessment_position,
    factor_code,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('cin_census__assessment_factor') }}
