select
    local_authority_code,
    exported_date,
    cppl_person_id as person_key,
    cppl_cp_plan_id as protection_plan_id,
    cppl_referral_id as referral_id,
    cppl_icpc_id as conference_id,
    cppl_cp_plan_start_date as plan_start_date,
    cppl_cp_plan_end_date as plan_end_date,
    cppl_cp_plan_initial_category as initial_abuse_category_code,
    cppl_cp_plan_latest_category as latest_abuse_category_code,
    cppl_cp_plan_ola as is_other_authority_plan,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__cp_plans') }}
