select
    local_authority_code,
    exported_date,
    source_system,
    incident_id,
    involvement_number,
    incident_type_code,
    child_id as person_key,
    family_id as family_key,
    incident_role_code,
    incident_date,
    started_at,
    ended_at,
    incident_setting_code,
    recorded_by_agency_code,
    offence_outcome_code,
    follow_up_date,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('local__incidents') }}
