with ended as (
    select *
    from {{ ended_spells('child_in_need_plans', {
        'cin_census': 'cin_census', 'ssd': 'ssd_cin_plans'
    }) }}
)

select
    {{ made_key(['child_id', 'plan_start_date']) }} as child_in_need_plan_id,
    local_authority_code,
    child_id,
    referral_id,
    plan_start_date,
    closed_date as plan_end_date,
    is_end_inferred,
    has_reversed_dates,
    {{ overlaps_earlier('plan_start_date', 'closed_date') }} as has_overlap,
    team_id,
    worker_key,
    last_return_year,
    held_by_sources,
    conflict_count,
    record_source,
    _file_sha256,
    _row_number
from ended
