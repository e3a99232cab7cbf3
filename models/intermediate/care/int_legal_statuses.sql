with episodes as (
    select
        *,
        lag(legal_status_code) over run as previous_legal_status_code,
        lag(care_period_id) over run as previous_care_period_id
    from {{ ref('int_care_episodes') }}
    where legal_status_code is not null
    window run as (
        partition by local_authority_code, child_id, is_short_break order by episode_start_date
    )
),

numbered as (
    select
        *,
        sum(
            case
                when legal_status_code = previous_legal_status_code
                    and care_period_id = previous_care_period_id then 0
                else 1
            end
        ) over (
            partition by local_authority_code, child_id, is_short_break
            order by episode_start_date
            rows between unbounded preceding and current row
        ) as status_number
    from episodes
)

select
    local_authority_code,
    child_id,
    care_period_id,
    legal_status_code,
    min(episode_start_date) as legal_status_start_date,
    case
        when bool_or(episode_end_date is null) then null
        else max(episode_end_date)
    end as legal_status_end_date,
    'ssda903' as record_source,
    min_by(_file_sha256, episode_start_date) as _file_sha256,
    min_by(_row_number, episode_start_date) as _row_number
from numbered
group by local_authority_code, child_id, care_period_id, legal_status_code, is_short_break,
    status_number
