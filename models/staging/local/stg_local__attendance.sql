select
    local_authority_code,
    exported_date,
    source_system,
    attendance_id,
    activity_id,
    activity_type_code,
    activity_date,
    child_id as person_key,
    attendee_type_code,
    attendee_id as attendee_key,
    agency_code,
    is_invited,
    has_attended,
    participation_code,
    has_advocate,
    report_due_date,
    report_received_date,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('local__attendance') }}
