select
    local_authority_code,
    exported_date,
    s251_table_id as finance_id,
    s251_cla_placement_id as placement_id,
    s251_placeholder_1 as reserved_1,
    s251_placeholder_2 as reserved_2,
    s251_placeholder_3 as reserved_3,
    s251_placeholder_4 as reserved_4,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__s251_finance') }}
