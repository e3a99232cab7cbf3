select
    local_authority_code,
    exported_date,
    clea_person_id as person_key,
    clea_table_id as care_leaver_id,
    clea_care_leaver_eligibility as eligibility_code,
    clea_care_leaver_in_touch as contact_code,
    clea_care_leaver_latest_contact as latest_contact_date,
    clea_care_leaver_accommodation as accommodation_code,
    clea_care_leaver_accom_suitable as accommodation_suitability_code,
    clea_care_leaver_activity as activity_code,
    clea_pathway_plan_review_date as pathway_plan_review_date,
    clea_care_leaver_personal_advisor as personal_adviser_key,
    clea_care_leaver_allocated_team as team_id,
    clea_care_leaver_worker_id as worker_key,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__care_leavers') }}
