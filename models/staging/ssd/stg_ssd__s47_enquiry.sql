select
    local_authority_code,
    exported_date,
    s47e_person_id as person_key,
    s47e_s47_enquiry_id as section_47_enquiry_id,
    s47e_referral_id as referral_id,
    s47e_s47_start_date as enquiry_start_date,
    s47e_s47_end_date as enquiry_end_date,
    s47e_s47_nfa as is_no_further_action,
    s47e_s47_outcome_text as outcome_text,
    s47e_nfa_flag as has_nfa_outcome,
    s47e_legal_action_flag as has_led_to_legal_action,
    s47e_prov_of_services_flag as has_led_to_services,
    s47e_prov_of_sb_care_flag as has_led_to_short_breaks,
    s47e_cp_conference_flag as has_led_to_conference,
    s47e_nfa_continue_single_flag as is_assessment_continuing,
    s47e_monitor_flag as is_monitored,
    s47e_other_outcomes_exist_flag as has_other_outcomes,
    s47e_total_no_of_outcomes as outcome_count,
    s47e_s47_completed_by_worker_id as worker_key,
    s47e_s47_completed_by_team as team_id,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__s47_enquiry') }}
