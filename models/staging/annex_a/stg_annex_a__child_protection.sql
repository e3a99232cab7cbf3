select
    local_authority_code,
    exported_date,
    child_id as person_key,
    sex as sex_code,
    ethnicity as ethnicity_code,
    date_of_birth,
    age_years,
    disability as disability_code,
    child_protection_plan_start_date as plan_start_date,
    initial_category_of_abuse as initial_abuse_category_code,
    latest_category_of_abuse as latest_abuse_category_code,
    date_of_the_last_statutory_visit as latest_visit_date,
    seen_alone as seen_alone_code,
    date_of_latest_review_conference as latest_review_date,
    child_protection_plan_end_date as plan_end_date,
    emergency_or_police_protection_6m as emergency_protection_code,
    number_of_previous_child_protection_plans as previous_plan_count,
    allocated_team as team_id,
    allocated_worker as worker_key,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('annex_a__child_protection') }}
