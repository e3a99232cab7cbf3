select
    local_authority_code,
    exported_date,
    icpc_person_id as person_key,
    icpc_icpc_id as conference_id,
    icpc_icpc_meeting_id as meeting_id,
    icpc_s47_enquiry_id as section_47_enquiry_id,
    icpc_cp_plan_id as protection_plan_id,
    icpc_referral_id as referral_id,
    icpc_icpc_transfer_in as is_transfer_in,
    icpc_icpc_target_date as conference_target_date,
    icpc_icpc_date as conference_date,
    icpc_icpc_outcome_cp_flag as has_led_to_plan,
    icpc_icpc_outcome_text as outcome_text,
    icpc_nfa_flag as has_nfa_outcome,
    icpc_referral_to_other_agency_flag as has_led_to_other_agency,
    icpc_single_assessment_flag as has_led_to_assessment,
    icpc_prov_of_services_flag as has_led_to_services,
    icpc_cp_flag as has_plan_outcome,
    icpc_other_outcomes_exist_flag as has_other_outcomes,
    icpc_total_no_of_outcomes as outcome_count,
    icpc_icpc_team as team_id,
    icpc_icpc_worker_id as worker_key,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__initial_cp_conference') }}
