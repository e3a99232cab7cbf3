select
    getvariable('authority') as la_code,
    getvariable('exported_on') as extract_date,
    'quality_assurance' as source_system,
    records.audit_id,
    records.audit_type_code,
    records.commissioned_by_code,
    records.audit_date,
    records.audit_completed_date,
    records.audited_event_date,
    children.person_id as child_id,
    records.auditor_id,
    records.agency_code,
    records.team_id,
    records.service_code,
    records.question_code,
    records.answer_code,
    records.answer_value,
    records.moderated_answer_code,
    records.finding_text
from world.audits as records
left join world.children on records.child_id = children.child_id
where records.local_authority_code = getvariable('authority')
order by records.audit_id, records.question_code
