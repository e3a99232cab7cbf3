with newest as (
    select * from {{ newest_records('ssda903__episodes', 'episode_start_date') }}
),

latest_returns as (
    select * from {{ latest_returns('ssda903_episodes') }}
),

-- An open episode that a later return no longer holds ends with the year it was last seen in.
closed as (
    select
        newest.local_authority_code,
        newest.child_id,
        newest.episode_start_date,
        newest.episode_start_reason_code,
        newest.episode_end_reason_code,
        newest.primary_need_code,
        newest.legal_status_code,
        newest.placement_type_code,
        newest.placement_provider_code,
        newest.placement_change_reason_code,
        newest.ofsted_urn,
        newest.return_year,
        newest._file_sha256,
        newest._row_number,
        case
            when newest.episode_end_date < newest.episode_start_date
                then newest.episode_start_date
            else {{ end_date_seen_or_not('newest.episode_end_date') }}
        end as episode_end_date,
        {{ ended_unseen('newest.episode_end_date') }} as is_end_inferred,
        coalesce(newest.episode_end_date < newest.episode_start_date, false)
            as has_reversed_dates
    from newest
    inner join latest_returns on newest.local_authority_code = latest_returns.local_authority_code
),

grouped as (
    select
        closed.*,
        coalesce(legal_statuses.code_group = 'short_break_series', false) as is_short_break,
        coalesce(placement_types.code_group = 'temporary', false) as is_temporary,
        coalesce(placement_types.code_group = 'adoption', false) as is_adoptive
    from closed
    left join {{ ref('codes') }} as legal_statuses
        on legal_statuses.code_set = 'legal_status'
        and closed.legal_status_code = legal_statuses.code
    left join {{ ref('codes') }} as placement_types
        on placement_types.code_set = 'placement_type'
        and closed.placement_type_code = placement_types.code
),

-- A period of care is a run of episodes with no gap, each begun on the day the one before ended
-- as X1. Short breaks make runs of their own.
following as (
    select
        *,
        lag(episode_end_date) over run as previous_end_date,
        lag(episode_end_reason_code) over run as previous_end_reason_code,
        row_number() over run as episode_number
    from grouped
    window run as (
        partition by local_authority_code, child_id, is_short_break order by episode_start_date
    )
),

begun as (
    select
        *,
        case
            when episode_number = 1 then 1
            when episode_start_reason_code = 'S' then 1
            when episode_start_date > previous_end_date then 1
            when previous_end_reason_code <> 'X1' then 1
            else 0
        end as begins_period
    from following
),

numbered as (
    select
        *,
        sum(begins_period) over (
            partition by local_authority_code, child_id, is_short_break
            order by episode_start_date
            rows between unbounded preceding and current row
        ) as period_number
    from begun
)

select
    {{ made_key(['child_id', 'episode_start_date']) }} as care_episode_id,
    {{ made_key(['child_id', 'is_short_break', 'period_number']) }} as care_period_id,
    local_authority_code,
    child_id,
    episode_start_date,
    episode_end_date,
    episode_start_reason_code,
    episode_end_reason_code,
    primary_need_code,
    legal_status_code,
    placement_type_code,
    placement_provider_code,
    placement_change_reason_code,
    ofsted_urn,
    is_short_break,
    is_temporary,
    is_adoptive,
    period_number as care_period_number,
    is_end_inferred,
    has_reversed_dates,
    return_year as last_return_year,
    'ssda903' as record_source,
    _file_sha256,
    _row_number
from numbered
