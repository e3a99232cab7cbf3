with chosen as (
    select
        *,
        -- A list that has a period end while its episodes were still seen going on is mistaken.
        coalesce(period_end_date <= seen_open_date, false) as is_end_refuted
    from {{ chosen_records('care_periods') }}
),

held as (
    select
        *,
        case when not is_end_refuted then period_end_date end as held_end_date
    from chosen
),

-- One without an end ends where the child's next begins.
closed as (
    select
        *,
        coalesce(held_end_date, lead(period_start_date) over run) as closed_date,
        held_end_date is null and lead(period_start_date) over run is not null
            as is_closed_by_next
    from held
    window run as (
        partition by local_authority_code, child_id, is_short_breaks_only
        order by period_start_date
    )
)

select
    care_period_id,
    local_authority_code,
    child_id,
    is_short_breaks_only,
    period_start_date,
    is_start_held,
    closed_date as period_end_date,
    case when not is_end_refuted then period_end_reason_code end as period_end_reason_code,
    episode_count,
    permanence_plan,
    last_reviewing_officer_contact_date,
    coalesce(is_end_inferred, false) or is_closed_by_next as is_end_inferred,
    coalesce(has_reversed_dates, false) as has_reversed_dates,
    coalesce(
        period_start_date < max(closed_date) over (
            partition by local_authority_code, child_id, is_short_breaks_only
            order by period_start_date
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
from closed
