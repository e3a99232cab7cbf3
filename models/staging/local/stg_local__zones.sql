select
    local_authority_code,
    exported_date,
    source_system,
    small_area_code,
    zone_code,
    zone_name,
    valid_from_date,
    valid_to_date,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('local__zones') }}
