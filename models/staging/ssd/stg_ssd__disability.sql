select
    local_authority_code,
    exported_date,
    disa_person_id as person_key,
    disa_table_id as disability_id,
    disa_disability_code as disability_code,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__disability') }}
