select
    local_authority_code,
    exported_date,
    source_system,
    assessment_id,
    child_id as person_key,
    assessment_type_code,
    due_date,
    completed_date,
    assessment_status_code,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('local__health_assessments') }}
