select
    local_authority_code,
    exported_date,
    version_number,
    release_date as released_at,
    description as version_description,
    is_current,
    created_at,
    impact_description,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__version_log') }}
