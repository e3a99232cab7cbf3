select
    local_authority_code,
    exported_date,
    source_system,
    child_id as person_key,
    upn as upn_key,
    setting_urn,
    academic_year,
    term_code,
    sessions_possible,
    sessions_authorised,
    sessions_unauthorised,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('local__education_attendance') }}
