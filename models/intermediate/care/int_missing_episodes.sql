with chosen as (
    select * from {{ chosen_records('missing_episodes') }}
),

latest_returns as (
    select * from {{ latest_returns('ssda903_missing') }}
),

closed as (
    select
        chosen.*,
        coalesce(chosen.missing_end_date < chosen.missing_start_date, false)
            as has_reversed_dates,
        -- Open in the last return that holds it, and no longer in a later one. A source that
        -- speaks of today knows better.
        chosen.missing_end_date is null
        and chosen.held_by_sources = 'ssda903'
        and chosen.last_return_year < latest_returns.latest_return_year as is_unseen
    from chosen
    left join latest_returns
        on chosen.local_authority_code = latest_returns.local_authority_code
),

ended as (
    select
        *,
        case
            when has_reversed_dates then missing_start_date
            when is_unseen then make_date(last_return_year, 4, 1)
            else missing_end_date
        end as closed_date
    from closed
)

select
    {{ made_key(['child_id', 'missing_type_code', 'missing_start_date', 'spell_of_day']) }}
        as missing_episode_id,
    local_authority_code,
    child_id,
    missing_type_code,
    missing_start_date,
    spell_of_day,
    closed_date as missing_end_date,
    missing_started_at,
    missing_ended_at,
    is_return_interview_offered,
    is_return_interview_accepted,
    coalesce(is_unseen, false) as is_end_inferred,
    has_reversed_dates,
    coalesce(
        missing_start_date < max({{ end_or_never('closed_date') }}) over (
            partition by local_authority_code, child_id
            order by missing_start_date, spell_of_day, missing_type_code
            rows between unbounded preceding and 1 preceding
        ),
        false
    ) as has_overlap,
    last_return_year,
    held_by_sources,
    conflict_count,
    record_source,
    _file_sha256,
    _row_number
from ended
