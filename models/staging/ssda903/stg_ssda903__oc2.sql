select
    local_authority_code,
    return_year,
    child as person_key,
    dob as date_of_birth,
    sdq_score as sdq_total_score,
    sdq_reason as sdq_reason_code,
    convicted as is_convicted_or_cautioned,
    health_check as is_development_check_up_to_date,
    immunisations as is_immunisations_up_to_date,
    teeth_check as is_dental_check_in_year,
    health_assessment as is_health_assessment_in_year,
    substance_misuse as is_substance_misuse_identified,
    intervention_received as is_substance_intervention_received,
    intervention_offered as is_substance_intervention_offered,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssda903__oc2') }}
