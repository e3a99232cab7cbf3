select
    getvariable('authority') as la_code,
    getvariable('exported_on') as extract_date,
    'board_office' as source_system,
    records.attendance_id,
    records.activity_id,
    records.activity_type_code,
    records.activity_date,
    children.person_id as child_id,
    records.attendee_type_code,
    records.attendee_id,
    records.agency_code,
    records.is_invited,
    records.has_attended,
    records.participation_code,
    records.has_advocate,
    records.report_due_date,
    records.report_received_date
from world.meeting_attendance as records
left join world.children on records.child_id = children.child_id
where records.local_authority_code = getvariable('authority')
order by records.attendance_id
