select
    local_authority_code,
    exported_date,
    source_system,
    enrolment_id,
    child_id as person_key,
    upn as upn_key,
    setting_urn,
    setting_type_code,
    year_group_code,
    entry_date,
    leaving_date,
    leaving_reason_code,
    funded_weekly_hours,
    sen_provision_code,
    young_carer_code,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('local__education_enrolments') }}
