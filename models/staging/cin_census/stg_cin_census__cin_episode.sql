select
    local_authority_code,
    return_year,
    la_child_id as person_key,
    cin_details_id as referral_position,
    referral_date,
    referral_source_code,
    primary_need_code,
    closure_date,
    closure_reason_code,
    initial_conference_date,
    referral_no_further_action as is_no_further_action,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('cin_census__cin_episode') }}
