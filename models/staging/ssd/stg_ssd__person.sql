select
    local_authority_code,
    exported_date,
    pers_person_id as person_key,
    pers_legacy_id as legacy_person_key,
    pers_upn as upn_key,
    pers_upn_unknown as upn_unknown_code,
    pers_dob as date_of_birth,
    pers_expected_dob as expected_date_of_birth,
    pers_death_date as date_of_death,
    pers_sex as sex_code,
    pers_gender as gender,
    pers_ethnicity as ethnicity_code,
    pers_nationality as nationality,
    pers_send_flag as has_education_health_care_plan,
    pers_is_mother as is_mother,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__person') }}
