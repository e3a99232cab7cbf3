select
    getvariable('authority') as la_code,
    getvariable('exported_on') as extract_date,
    'survey_tool' as source_system,
    records.invitation_id,
    records.survey_code,
    records.survey_version,
    records.questionnaire_type_code,
    records.respondent_id,
    records.respondent_type_code,
    children.person_id as child_id,
    records.service_status_code,
    records.service_code,
    records.agency_code,
    records.staff_group_code,
    records.invited_count,
    records.advocate_met_date,
    records.views_form_returned_date,
    records.invited_date,
    records.leaflet_given_date,
    records.not_completed_reason_code
from world.survey_invitations as records
left join world.children on records.child_id = children.child_id
where records.local_authority_code = getvariable('authority')
order by records.invitation_id
