select
    local_authority_code,
    exported_date,
    source_system,
    support_item_id,
    person_id as person_key,
    child_id as child_key,
    need_type_code,
    assessment_id,
    assessed_date,
    plan_start_date,
    needed_by_date,
    legal_basis_code,
    service_code,
    support_start_date,
    support_end_date,
    need_status_code,
    status_date,
    closed_date,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('local__support_plans') }}
