with days as (
    select * from {{ ref('workforce_days') }}
),

snapshots as (
    select
        *,
        coalesce(team_id, 'Not known') as team
    from {{ ref('workforce_snapshots') }}
),

sessions as (
    select
        days.local_authority_code,
        days.record_source,
        days.period_id,
        coalesce(snapshots.team, 'Not known') as team,
        coalesce(snapshots.staff_group_code, 'Not known') as staff_group_code,
        coalesce(snapshots.is_census_social_worker, false) as is_census_social_worker,
        count(*) as due_count,
        count(*) filter (where held.held_date <= held.due_date) as on_time_count,
        count(held.held_date) as held_count
    from days
    inner join {{ ref('stg_local__supervision') }} as held
        on days.local_authority_code = held.local_authority_code
        and held.due_date between cast(date_trunc('month', days.period_end) as date)
        and days.period_end
    left join snapshots
        on days.local_authority_code = snapshots.local_authority_code
        and days.record_source = snapshots.record_source
        and days.period_id = snapshots.period_id
        and held.worker_key = snapshots.worker_id
    where days.record_source = 'local'
    group by
        days.local_authority_code, days.record_source, days.period_id, snapshots.team,
        snapshots.staff_group_code, snapshots.is_census_social_worker
)

{{ workforce_parts([
    ('supervision_on_time', 'on_time_count', 'due_count', 0, 'on_time_count', 'due_count', 'sessions'),
    ('supervision_held', 'held_count', 'due_count', 0, 'held_count', 'due_count', 'sessions'),
]) }}
