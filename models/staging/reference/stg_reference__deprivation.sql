select
    small_area_code,
    release_year,
    deprivation_rank,
    deprivation_decile,
    deprivation_quintile,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('reference__deprivation') }}
