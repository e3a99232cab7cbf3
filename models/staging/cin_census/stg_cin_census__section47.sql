select
    local_authority_code,
    return_year,
    la_child_id as person_key,
    cin_details_id as referral_position,
    section47_id as enquiry_position,
    section47_start_date as enquiry_start_date,
    conference_target_date,
    initial_conference_date,
    conference_not_required as is_conference_not_required,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('cin_census__section47') }}
