select
    local_authority_code,
    exported_date,
    child_id as person_key,
    sex as sex_code,
    ethnicity as ethnicity_code,
    date_of_birth,
    age_years,
    date_of_referral as referral_date,
    referral_source as referral_source_code,
    referral_no_further_action as no_further_action_code,
    number_of_referrals_in_last_12_months as referrals_in_12_months_count,
    allocated_team as team_id,
    allocated_worker as worker_key,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('annex_a__referrals') }}
