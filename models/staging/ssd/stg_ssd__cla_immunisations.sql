select
    local_authority_code,
    exported_date,
    clai_person_id as person_key,
    clai_immunisations_status as is_up_to_date,
    clai_immunisations_status_date as check_date,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__cla_immunisations') }}
