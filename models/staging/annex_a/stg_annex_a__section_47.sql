select
    local_authority_code,
    exported_date,
    child_id as person_key,
    sex as sex_code,
    ethnicity as ethnicity_code,
    date_of_birth,
    age_years,
    disability as disability_code,
    section47_start_date as enquiry_start_date,
    conference_not_required as conference_not_required_code,
    initial_conference_date as conference_date,
    conference_led_to_plan as led_to_plan_code,
    number_of_section_47_enquiries_in_the_last_12_months as enquiries_in_12_months_count,
    number_of_icpcs_in_the_last_12_months as conferences_in_12_months_count,
    allocated_team as team_id,
    allocated_worker as worker_key,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('annex_a__section_47') }}
