select
    local_authority_code,
    exported_date,
    addr_person_id as person_key,
    addr_table_id as address_id,
    addr_address_type as address_type,
    addr_address_start_date as address_start_date,
    addr_address_end_date as address_end_date,
    addr_address_postcode as small_area_code,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__address') }}
