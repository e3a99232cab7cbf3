select
    local_authority_code,
    exported_date,
    immi_person_id as person_key,
    immi_immigration_status_id as immigration_status_id,
    immi_immigration_status as immigration_status,
    immi_immigration_status_start_date as status_start_date,
    immi_immigration_status_end_date as status_end_date,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__immigration_status') }}
