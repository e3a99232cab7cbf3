select
    la_code as local_authority_code,
    model_year,
    neighbour_rank,
    neighbour_la_code as neighbour_local_authority_code,
    closeness_code,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('reference__statistical_neighbours') }}
