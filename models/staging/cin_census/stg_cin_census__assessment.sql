select
    local_authority_code,
    return_year,
    la_child_id as person_key,
    cin_details_id as referral_position,
    assessment_id as assessment_position,
    assessment_start_date,
    assessment_internal_review_date,
    assessment_end_date as assessment_authorised_date,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('cin_census__assessment') }}
