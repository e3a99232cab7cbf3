select
    care_period_id,
    local_authority_code,
    child_id,
    is_short_break as is_short_breaks_only,
    min(episode_start_date) as period_start_date,
    -- A return holds the episodes of its year: where the first one held did not start the period
    -- of care, the child has been in care for longer than the record shows.
    min_by(coalesce(episode_start_reason_code, '') = 'S', episode_start_date) as is_start_held,
    case
        when bool_or(episode_end_date is null) then null
        else max(episode_end_date)
    end as period_end_date,
    -- Of the last episode, blank or not: max_by passes over blanks.
    nullif(max_by(coalesce(episode_end_reason_code, ''), episode_start_date), '')
        as period_end_reason_code,
    count(*) as episode_count,
    'ssda903' as record_source,
    min_by(_file_sha256, episode_start_date) as _file_sha256,
    min_by(_row_number, episode_start_date) as _row_number
from {{ ref('int_care_episodes') }}
group by all
