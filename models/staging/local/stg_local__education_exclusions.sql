select
    local_authority_code,
    exported_date,
    source_system,
    exclusion_id,
    child_id as person_key,
    upn as upn_key,
    setting_urn,
    exclusion_start_date,
    exclusion_category_code,
    exclusion_reason_code,
    sessions_lost,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('local__education_exclusions') }}
