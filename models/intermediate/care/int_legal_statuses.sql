with chosen as (
    select * from {{ chosen_records('legal_statuses') }}
),

-- One without an end ends with its period of care, or where the next in that period begins.
closed as (
    select
        chosen.*,
        coalesce(
            chosen.legal_status_end_date,
            least(
                periods.period_end_date,
                case when chosen.care_period_id is not null
                    then lead(chosen.legal_status_start_date) over (
                        partition by chosen.local_authority_code, chosen.child_id,
                            chosen.care_period_id
                        order by chosen.legal_status_start_date
                    )
                end
            )
        ) as closed_date
    from chosen
    left join {{ ref('int_care_periods') }} as periods
        on chosen.care_period_id = periods.care_period_id
)

select
    {{ made_key(['child_id', 'legal_status_start_date']) }} as legal_status_id,
    local_authority_code,
    child_id,
    care_period_id,
    legal_status_code,
    legal_status_start_date,
    closed_date as legal_status_end_date,
    is_end_inferred or (legal_status_end_date is null and closed_date is not null)
        as is_end_inferred,
    has_reversed_dates,
    coalesce(
        legal_status_start_date < max(closed_date) over (
            partition by local_authority_code, child_id, care_period_id
            order by legal_status_start_date
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
