with chosen as (
    select * from {{ chosen_records('care_episodes') }}
),

-- How far each source has looked, and so until when a spell that it holds as open was seen.
looked as (
    select
        local_authority_code,
        max(covered_to) as last_looked_date,
        max(covered_to) filter (where source_extract = 'ssd_cla_episodes') as last_export_date
    from {{ ref('int_source_coverage') }}
    where source_extract in ('ssda903_episodes', 'ssd_cla_episodes')
    group by local_authority_code
),

seen as (
    select
        chosen.*,
        looked.last_looked_date,
        greatest(
            make_date(chosen.last_return_year, 3, 31),
            case when ';' || chosen.held_by_sources || ';' like '%;ssd;%'
                then looked.last_export_date
            end
        ) as last_seen_date,
        coalesce(chosen.episode_end_date < chosen.episode_start_date, false) as has_reversed_dates,
        coalesce(legal_statuses.code_group = 'short_break_series', false) as is_short_break,
        coalesce(placement_types.code_group = 'temporary', false) as is_temporary,
        coalesce(placement_types.code_group = 'adoption', false) as is_adoptive
    from chosen
    left join looked on chosen.local_authority_code = looked.local_authority_code
    left join {{ ref('codes') }} as legal_statuses
        on legal_statuses.code_set = 'legal_status'
        and chosen.legal_status_code = legal_statuses.code
    left join {{ ref('codes') }} as placement_types
        on placement_types.code_set = 'placement_type'
        and chosen.placement_type_code = placement_types.code
),

-- An open episode that whoever looked last no longer holds ended unseen, after the last day it
-- was seen on; and one ends where the child's next begins, for nobody lives in two.
closed as (
    select
        *,
        case
            when has_reversed_dates then episode_start_date
            when episode_end_date is not null then episode_end_date
            else least(
                case when last_seen_date < last_looked_date
                    then {{ day_after('last_seen_date') }}
                end,
                lead(episode_start_date) over run
            )
        end as closed_date
    from seen
    window run as (
        partition by local_authority_code, child_id, is_short_break order by episode_start_date
    )
),

following as (
    select
        *,
        lag(closed_date) over run as previous_end_date,
        lag(episode_end_reason_code) over run as previous_end_reason_code,
        row_number() over run as episode_number,
        max(closed_date) over (
            partition by local_authority_code, child_id, is_short_break
            order by episode_start_date
            rows between unbounded preceding and 1 preceding
        ) as earlier_end_date
    from closed
    window run as (
        partition by local_authority_code, child_id, is_short_break order by episode_start_date
    )
),

-- A period of care is a run of episodes with no gap, each begun on the day the one before ended
-- as X1. Short breaks make runs of their own.
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
),

in_periods as (
    select
        *,
        min(episode_start_date) over (
            partition by local_authority_code, child_id, is_short_break, period_number
        ) as first_start_date
    from numbered
)

select
    {{ made_key(['child_id', 'episode_start_date']) }} as care_episode_id,
    -- Made of the natural key whichever source holds it, so that it stays when a source is added.
    {{ made_key(['child_id', 'is_short_break', 'first_start_date']) }} as care_period_id,
    local_authority_code,
    child_id,
    episode_start_date,
    closed_date as episode_end_date,
    episode_start_reason_code,
    episode_end_reason_code,
    primary_need_code,
    legal_status_code,
    placement_type_code,
    placement_provider_code,
    placement_change_reason_code,
    ofsted_urn,
    source_placement_id,
    placement_distance_miles,
    placement_small_area_code,
    entered_care_date,
    last_reviewing_officer_contact_date,
    is_short_break,
    is_temporary,
    is_adoptive,
    period_number as care_period_number,
    last_seen_date,
    episode_end_date is null and closed_date is not null as is_end_inferred,
    has_reversed_dates,
    coalesce(episode_start_date < earlier_end_date, false) as has_overlap,
    coalesce(previous_end_reason_code = 'X1' and episode_start_date > previous_end_date, false)
        as has_gap,
    last_return_year,
    held_by_sources,
    conflict_count,
    record_source,
    _file_sha256,
    _row_number
from in_periods
