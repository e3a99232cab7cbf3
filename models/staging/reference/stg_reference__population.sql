select
    area_level_code,
    area_code,
    mid_year,
    age_band,
    population_count,
    population_count_symbol as population_count_symbol_code,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('reference__population') }}
