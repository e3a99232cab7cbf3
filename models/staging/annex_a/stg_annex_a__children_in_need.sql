select
    local_authority_code,
    exported_date,
    child_id as person_key,
    sex as sex_code,
    ethnicity as ethnicity_code,
    date_of_birth,
    age_years,
    disability as disability_code,
    cin_start_date as need_start_date,
    primary_need_code,
    date_child_was_last_seen as last_seen_date,
    cin_closure_date as closure_date,
    reason_for_closure as closure_reason_code,
    case_status as case_status_code,
    allocated_team as team_id,
    allocated_worker as worker_key,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('annex_a__children_in_need') }}
