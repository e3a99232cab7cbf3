select
    local_authority_code,
    exported_date,
    child_id as person_key,
    sex as sex_code,
    ethnicity as ethnicity_code,
    date_of_birth,
    age_years,
    disability as disability_code,
    continuous_assessment_start_date as assessment_start_date,
    child_seen_during_continuous_assessment as child_seen_code,
    continuous_assessment_date_of_authorisation as assessment_authorised_date,
    assessed_as_needing_support as needs_support_code,
    allocated_team as team_id,
    allocated_worker as worker_key,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('annex_a__assessments') }}
