select
    local_authority_code,
    exported_date,
    source_system,
    service_code,
    service_name,
    programme_code,
    service_area_code,
    provider_code,
    provider_sector_code,
    service_line_code,
    purpose_text,
    is_accredited,
    place_count,
    start_date,
    end_date,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('local__services') }}
