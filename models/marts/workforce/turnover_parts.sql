with flow_days as (
    select * from {{ ref('workforce_days') }}
    where is_year_held
),

employed as (
    select
        *,
        coalesce(team_id, 'Not known') as team
    from {{ ref('workforce_snapshots') }}
    where not is_agency_worker
),

leavers as (
    select
        flow_days.local_authority_code,
        flow_days.record_source,
        flow_days.period_id,
        coalesce(movements.team_id, 'Not known') as team,
        movements.staff_group_code,
        movements.is_census_social_worker,
        sum({{ summable('movements.fte') }}) as left_fte,
        count(*) as left_count
    from flow_days
    inner join {{ ref('worker_movements') }} as movements
        on flow_days.local_authority_code = movements.local_authority_code
        and flow_days.record_source = movements.record_source
        and movements.movement_type = 'left'
        and not movements.is_agency_worker
        and movements.movement_date > flow_days.year_ago
        and movements.movement_date <= flow_days.period_end
        -- Who came and went within the year is neither a starter nor a leaver.
        and coalesce(movements.employed_from_date <= flow_days.year_ago, true)
    group by
        flow_days.local_authority_code, flow_days.record_source, flow_days.period_id,
        movements.team_id, movements.staff_group_code, movements.is_census_social_worker
),

stayers as (
    select
        year_held.local_authority_code,
        year_held.record_source,
        year_held.period_id,
        at_start.team,
        at_start.staff_group_code,
        at_start.is_census_social_worker,
        count(at_end.worker_id) as stayed_count,
        count(*) as start_count
    from flow_days as year_held
    inner join employed as at_start
        on year_held.local_authority_code = at_start.local_authority_code
        and year_held.record_source = at_start.record_source
        and year_held.start_period_id = at_start.period_id
    left join employed as at_end
        on at_start.local_authority_code = at_end.local_authority_code
        and at_start.record_source = at_end.record_source
        and at_start.worker_id = at_end.worker_id
        and year_held.period_id = at_end.period_id
    where year_held.start_period_id is not null
    group by
        year_held.local_authority_code, year_held.record_source, year_held.period_id,
        at_start.team, at_start.staff_group_code, at_start.is_census_social_worker
),

in_post_at_end as (
    select
        flow_days.local_authority_code,
        flow_days.record_source,
        flow_days.period_id,
        employed.team,
        employed.staff_group_code,
        employed.is_census_social_worker,
        sum({{ summable('employed.fte') }}) as employed_fte,
        count(*) as employed_count
    from flow_days
    inner join employed
        on flow_days.local_authority_code = employed.local_authority_code
        and flow_days.record_source = employed.record_source
        and flow_days.period_id = employed.period_id
    group by
        flow_days.local_authority_code, flow_days.record_source, flow_days.period_id,
        employed.team, employed.staff_group_code, employed.is_census_social_worker
)

{{ workforce_parts([
    ('turnover_rate_fte', 'left_fte', 0, 0, 'left_count', 0, 'leavers'),
    ('turnover_rate_headcount', 'left_count', 0, 0, 'left_count', 0, 'leavers'),
    ('turnover_rate_average_base', 'left_count', 0, 0, 'left_count', 0, "leavers where record_source = 'local'"),
    ('turnover_rate_fte', 0, 'employed_fte', 0, 0, 'employed_count', 'in_post_at_end'),
    ('turnover_rate_headcount', 0, 'employed_count', 0, 0, 'employed_count', 'in_post_at_end'),
    ('turnover_rate_average_base', 0, 0, 'employed_count', 0, 'employed_count', "in_post_at_end where record_source = 'local'"),
    ('turnover_rate_average_base', 0, 'start_count', 0, 0, 'start_count', "stayers where record_source = 'local'"),
    ('stability_index', 'stayed_count', 'start_count', 0, 'stayed_count', 'start_count', 'stayers'),
]) }}
