select
    local_authority_code,
    exported_date,
    source_system,
    target_id,
    indicator_id,
    target_type_code,
    list_name,
    scope_code,
    service_code,
    team_id,
    target_value,
    lower_value,
    upper_value,
    valid_from_date,
    valid_to_date,
    owner_role,
    reason_text,
    behaviour_note,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('local__targets') }}
