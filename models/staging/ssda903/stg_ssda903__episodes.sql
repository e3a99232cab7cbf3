select
    local_authority_code,
    return_year,
    child as person_key,
    decom as episode_start_date,
    rne as episode_start_reason_code,
    ls as legal_status_code,
    cin as primary_need_code,
    place as placement_type_code,
    place_provider as placement_provider_code,
    "dec" as episode_end_date,
    rec as episode_end_reason_code,
    reason_place_change as placement_change_reason_code,
    urn as ofsted_urn,
    home_post as home_small_area_code,
    pl_post as placement_small_area_code,
    pl_distance as placement_distance_miles,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssda903__episodes') }}
