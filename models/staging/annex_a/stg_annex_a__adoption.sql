select
    local_authority_code,
    exported_date,
    child_id as person_key,
    family_id as family_key,
    sex as sex_code,
    ethnicity as ethnicity_code,
    date_of_birth,
    age_years,
    disability as disability_code,
    date_the_child_entered_care as care_start_date,
    adoption_decision_date,
    date_of_placement_order as placement_order_date,
    matched_date,
    date_placed_for_adoption as placed_for_adoption_date,
    date_of_adoption_order as permanence_order_date,
    adoption_decision_reversed_date as decision_reversed_date,
    adoption_decision_reversed_reason as decision_reversed_reason_code,
    placed_ffa_or_concurrent_date as early_permanence_date,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('annex_a__adoption') }}
