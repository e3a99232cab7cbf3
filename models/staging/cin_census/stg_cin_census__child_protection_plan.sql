select
    local_authority_code,
    return_year,
    la_child_id as person_key,
    cin_details_id as referral_position,
    cpp_id as plan_position,
    plan_start_date,
    plan_end_date,
    initial_abuse_category as initial_abuse_category_code,
    latest_abuse_category as latest_abuse_category_code,
    number_of_previous_plans as previous_plan_count,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('cin_census__child_protection_plan') }}
