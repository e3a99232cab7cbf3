select
    local_authority_code,
    exported_date,
    source_system,
    audit_id,
    audit_type_code,
    commissioned_by_code,
    audit_date,
    audit_completed_date,
    audited_event_date,
    child_id as person_key,
    auditor_id as auditor_key,
    agency_code,
    team_id,
    service_code,
    question_code,
    answer_code,
    answer_value,
    moderated_answer_code,
    finding_text,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('local__audits') }}
