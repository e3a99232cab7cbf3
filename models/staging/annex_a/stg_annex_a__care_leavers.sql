select
    local_authority_code,
    exported_date,
    child_id as person_key,
    sex as sex_code,
    ethnicity as ethnicity_code,
    date_of_birth,
    age_years,
    uasc_ever as uasc_code,
    disability as disability_code,
    allocated_team as team_id,
    allocated_worker as worker_key,
    allocated_personal_advisor as personal_adviser_key,
    eligibility_category as eligibility_code,
    latest_pathway_plan_review_date as pathway_plan_review_date,
    la_in_touch as contact_code,
    latest_date_of_contact as latest_contact_date,
    type_of_accommodation as accommodation_code,
    suitability_of_accommodation as suitability_code,
    activity_status as activity_code,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('annex_a__care_leavers') }}
