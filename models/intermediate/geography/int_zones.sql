select
    local_authority_code,
    small_area_code,
    zone_code,
    zone_name,
    valid_from_date as valid_from,
    {{ day_after('valid_to_date') }} as valid_until
from {{ ref('stg_local__zones') }}
-- A small area is in one zone from a day on; redrawn twice on that day, the later line counts.
qualify row_number() over (
    partition by local_authority_code, small_area_code, valid_from_date
    order by exported_date desc nulls last, _file_sha256 desc, _row_number desc
) = 1
