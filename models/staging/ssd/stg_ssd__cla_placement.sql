select
    local_authority_code,
    exported_date,
    clap_person_id as person_key,
    clap_cla_placement_id as placement_id,
    clap_cla_id as care_period_id,
    clap_cla_placement_start_date as placement_start_date,
    clap_cla_placement_type as placement_type_code,
    clap_cla_placement_urn as ofsted_urn,
    clap_cla_placement_postcode as placement_small_area_code,
    clap_cla_placement_distance as placement_distance_miles,
    clap_cla_placement_provider as placement_provider_code,
    clap_cla_placement_end_date as placement_end_date,
    clap_cla_placement_change_reason as placement_change_reason_code,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__cla_placement') }}
