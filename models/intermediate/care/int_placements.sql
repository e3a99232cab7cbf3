with chosen as (
    select * from {{ chosen_records('placements') }}
),

-- One without an end ends with its period of care, or where the child's next begins.
closed as (
    select
        chosen.*,
        coalesce(
            chosen.placement_end_date,
            least(
                periods.period_end_date,
                lead(chosen.placement_start_date) over (
                    partition by chosen.local_authority_code, chosen.child_id
                    order by chosen.placement_start_date
                )
            )
        ) as closed_date
    from chosen
    left join {{ ref('int_care_periods') }} as periods
        on chosen.care_period_id = periods.care_period_id
)

select
    {{ made_key(['child_id', 'placement_start_date']) }} as placement_id,
    care_period_id,
    local_authority_code,
    child_id,
    row_number() over (
        partition by care_period_id order by placement_start_date
    ) as placement_number,
    placement_start_date,
    closed_date as placement_end_date,
    placement_type_code,
    placement_provider_code,
    ofsted_urn,
    placement_change_reason_code,
    placement_distance_miles,
    placement_small_area_code,
    is_inside_authority,
    placement_local_authority_code,
    is_adoptive,
    coalesce(temporary_move_count, 0) as temporary_move_count,
    is_end_inferred or (placement_end_date is null and closed_date is not null) as is_end_inferred,
    has_reversed_dates,
    coalesce(
        placement_start_date < max(closed_date) over (
            partition by local_authority_code, child_id
            order by placement_start_date
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
