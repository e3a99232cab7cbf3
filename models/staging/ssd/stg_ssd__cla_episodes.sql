select
    local_authority_code,
    exported_date,
    clae_person_id as person_key,
    clae_cla_episode_id as care_episode_id,
    clae_cla_episode_start_date as episode_start_date,
    clae_cla_episode_start_reason as episode_start_reason_code,
    clae_cla_primary_need_code as primary_need_code,
    clae_cla_episode_ceased_date as episode_end_date,
    clae_cla_episode_ceased_reason as episode_end_reason_code,
    clae_cla_id as care_period_id,
    clae_referral_id as referral_id,
    clae_cla_placement_id as placement_id,
    clae_entered_care_date as period_start_date,
    clae_cla_last_iro_contact_date as last_reviewing_officer_contact_date,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__cla_episodes') }}
