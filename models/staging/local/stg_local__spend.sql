select
    local_authority_code,
    exported_date,
    source_system,
    spend_line_id,
    period_start_date,
    period_end_date,
    service_line_code,
    ro3_line_code,
    service_code,
    spend_type_code,
    basis_code,
    amount_gbp,
    activity_units,
    cost_unit_code,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('local__spend') }}
