select
    local_authority_code,
    exported_date,
    adopter_id as adopter_key,
    family_id as family_key,
    sex as sex_code,
    ethnicity as ethnicity_code,
    disability as disability_code,
    fostering_for_adoption as fostering_for_adoption_code,
    date_enquiry_received as enquiry_date,
    date_stage_1_started as stage_1_start_date,
    date_stage_1_ended as stage_1_end_date,
    date_stage_2_started as stage_2_start_date,
    date_stage_2_ended as stage_2_end_date,
    date_application_submitted as application_date,
    date_application_approved as approved_date,
    date_adopter_matched_with_child_ren as matched_date,
    date_child_children_placed_with_adopter_s as placed_date,
    no_of_children_placed as children_placed_count,
    date_of_adoption_order as adoption_order_date,
    date_of_leaving_adoption_process as left_date,
    reason_for_leaving_adoption_process as leaving_reason_code,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('annex_a__adopters') }}
