select
    local_authority_code,
    exported_date,
    source_system,
    child_id as person_key,
    placement_start_date,
    placement_end_date,
    carer_or_home_id as carer_or_home_key,
    ofsted_urn,
    is_registered,
    approved_place_count,
    approved_minimum_age,
    approved_maximum_age,
    approved_use_codes,
    placement_use_code,
    exemption_start_date,
    exemption_end_date,
    sibling_group_id as sibling_group_key,
    sibling_plan_code,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('local__placement_details') }}
