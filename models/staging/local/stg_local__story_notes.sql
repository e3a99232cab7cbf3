select
    local_authority_code,
    exported_date,
    source_system,
    story_note_id,
    note_type_code,
    indicator_id,
    outcome_id,
    service_code,
    period_end_date,
    note_date,
    factor_direction_code,
    evidence_source_code,
    author_role,
    note_text,
    link_text,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('local__story_notes') }}
