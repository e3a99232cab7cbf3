select
    local_authority_code,
    exported_date,
    cinp_person_id as person_key,
    cinp_cin_plan_id as plan_id,
    cinp_referral_id as referral_id,
    cinp_cin_plan_start_date as plan_start_date,
    cinp_cin_plan_end_date as plan_end_date,
    cinp_cin_plan_team as team_id,
    cinp_cin_plan_worker_id as worker_key,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__cin_plans') }}
