select
    local_authority_code,
    exported_date,
    clas_person_id as person_key,
    clas_substance_misuse_id as substance_misuse_id,
    clas_substance_misuse_date as recorded_date,
    clas_substance_misused as substance,
    clas_intervention_received as is_intervention_received,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__cla_substance_misuse') }}
