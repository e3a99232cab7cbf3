select
    exported_date,
    time_period,
    time_identifier,
    geographic_level,
    country_code,
    country_name,
    region_code,
    old_la_code,
    new_la_code,
    cells,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('published__open_statistics') }}
