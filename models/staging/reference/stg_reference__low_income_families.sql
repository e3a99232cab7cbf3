select
    la_code as local_authority_code,
    tax_year,
    low_income_children_count,
    low_income_children_count_symbol as low_income_children_count_symbol_code,
    is_provisional,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('reference__low_income_families') }}
