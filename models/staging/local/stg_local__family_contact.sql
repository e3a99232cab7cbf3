select
    local_authority_code,
    exported_date,
    source_system,
    contact_plan_id,
    child_id as person_key,
    contact_with_code,
    contact_mode_code,
    period_start_date,
    period_end_date,
    planned_count,
    held_count,
    not_held_reason_code,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('local__family_contact') }}
