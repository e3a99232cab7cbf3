select
    measure_code,
    breakdown,
    geographic_level_code,
    area_code,
    time_period,
    time_identifier_code,
    value,
    value_symbol as value_symbol_code,
    symbol_code,
    release_date,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('reference__benchmark') }}
