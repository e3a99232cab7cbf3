select
    local_authority_code,
    exported_date,
    source_system,
    child_id as person_key,
    placement_start_date,
    cost_start_date,
    cost_end_date,
    provider_code,
    procurement_code,
    weekly_cost_gbp,
    weekly_health_gbp,
    weekly_education_gbp,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('local__placement_costs') }}
