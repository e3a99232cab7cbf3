select
    postcode,
    small_area_code,
    la_code as local_authority_gss_code,
    easting,
    northing,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('reference__postcodes') }}
