select
    local_authority_code,
    exported_date,
    earl_person_id as person_key,
    earl_episode_id as early_help_episode_id,
    earl_episode_start_date as episode_start_date,
    earl_episode_end_date as episode_end_date,
    earl_episode_reason as start_reason,
    earl_episode_end_reason as end_reason,
    earl_episode_organisation as lead_organisation,
    earl_episode_worker_id as worker_key,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__early_help_episodes') }}
