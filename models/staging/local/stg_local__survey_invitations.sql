select
    local_authority_code,
    exported_date,
    source_system,
    invitation_id,
    survey_code,
    survey_version,
    questionnaire_type_code,
    respondent_id as respondent_key,
    respondent_type_code,
    child_id as person_key,
    service_status_code,
    service_code,
    agency_code,
    staff_group_code,
    invited_count,
    advocate_met_date,
    views_form_returned_date,
    invited_date,
    leaflet_given_date,
    not_completed_reason_code,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('local__survey_invitations') }}
