select
    local_authority_code,
    exported_date,
    cppr_person_id as person_key,
    cppr_cp_review_id as plan_review_id,
    cppr_cp_plan_id as protection_plan_id,
    cppr_cp_review_due as review_due_date,
    cppr_cp_review_date as review_date,
    cppr_cp_review_meeting_id as meeting_id,
    cppr_cp_review_outcome_continue_cp as is_plan_continuing,
    cppr_cp_review_quorate as is_quorate,
    cppr_cp_review_participation as participation_code,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__cp_reviews') }}
