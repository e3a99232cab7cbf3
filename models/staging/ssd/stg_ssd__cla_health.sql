select
    local_authority_code,
    exported_date,
    clah_person_id as person_key,
    clah_health_check_id as health_check_id,
    clah_health_check_type as check_type,
    clah_health_check_date as check_date,
    clah_health_check_status as check_status_code,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__cla_health') }}
