select
    local_authority_code,
    exported_date,
    source_system,
    child_id as person_key,
    upn as upn_key,
    academic_year,
    stage_code,
    measure_code,
    result_code,
    result_value,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('local__education_results') }}
