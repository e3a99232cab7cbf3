select
    local_authority_code,
    exported_date,
    cont_person_id as person_key,
    cont_contact_id as contact_id,
    cont_contact_date as contact_date,
    cont_contact_source_code as contact_source_code,
    cont_contact_source_desc as contact_source_label,
    cont_contact_outcome_text as outcome_text,
    cont_new_referral_flag as is_new_referral,
    cont_existing_referral_flag as is_existing_referral,
    cont_cp_enquiry_flag as is_protection_enquiry,
    cont_nfa_flag as is_no_further_action,
    cont_non_agency_adoption_flag as is_non_agency_adoption,
    cont_private_fostering_flag as is_private_fostering,
    cont_advice_flag as is_advice,
    cont_missing_flag as is_missing_child,
    cont_ola_cp_flag as is_other_authority_plan,
    cont_other_outcomes_exist_flag as has_other_outcomes,
    cont_total_no_of_outcomes as outcome_count,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__contacts') }}
