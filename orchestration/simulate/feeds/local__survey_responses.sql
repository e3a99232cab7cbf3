select
    getvariable('authority') as la_code,
    getvariable('exported_on') as extract_date,
    'survey_tool' as source_system,
    records.response_id,
    records.question_code,
    records.answer_number,
    records.survey_code,
    records.survey_version,
    records.questionnaire_type_code,
    records.invitation_id,
    records.respondent_id,
    records.respondent_type_code,
    children.person_id as child_id,
    records.age_years,
    records.service_status_code,
    records.service_code,
    records.agency_code,
    records.staff_group_code,
    records.team_id,
    records.completed_date,
    records.processed_date,
    records.method_code,
    records.support_code,
    records.is_advocate_only,
    records.answer_code,
    records.answer_value,
    records.theme_code,
    records.answer_text,
    records.has_quote_consent
from world.survey_responses as records
left join world.children on records.child_id = children.child_id
where records.local_authority_code = getvariable('authority')
order by records.response_id, records.question_code, records.answer_number
