select
    local_authority_code,
    exported_date,
    invo_person_id as person_key,
    invo_involvements_id as allocation_id,
    invo_professional_id as worker_key,
    invo_professional_role_id as allocation_role,
    invo_professional_team as team_id,
    invo_involvement_start_date as allocation_start_date,
    invo_involvement_end_date as allocation_end_date,
    invo_worker_change_reason as change_reason_code,
    invo_referral_id as referral_id,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__involvements') }}
