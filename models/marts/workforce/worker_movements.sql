with roles as (
    select
        *,
        make_date(census_year - 1, 10, 1) as census_from,
        make_date(census_year, 10, 1) as census_to
    from {{ ref('int_workers') }}
    where record_source in ('csww', 'local')
),

ordered as (
    select
        *,
        lag(role_id) over in_order as previous_role_id,
        lag(role_end_date) over in_order as previous_end_date,
        lag(staff_group_code) over in_order as previous_staff_group_code,
        lag(org_role_code) over in_order as previous_org_role_code,
        lag(team_id) over in_order as previous_team_id,
        lag(post_id) over in_order as previous_post_id,
        row_number() over in_order as place,
        count(*) over (
            partition by local_authority_code, worker_id, employed_from_date
        ) as role_count
    from roles
    where record_source = 'local'
    window in_order as (
        partition by local_authority_code, worker_id, employed_from_date
        order by role_start_date, role_id
    )
),

-- Employed again, on the same terms, on the day the employment ends or before: nobody left.
continued as (
    select distinct
        ended.local_authority_code,
        ended.worker_id,
        ended.employed_from_date
    from ordered as ended
    inner join ordered as next_employment
        on ended.local_authority_code = next_employment.local_authority_code
        and ended.worker_id = next_employment.worker_id
        and ended.is_agency_worker = next_employment.is_agency_worker
        and ended.employed_from_date < next_employment.employed_from_date
        and ended.employed_to_date >= next_employment.employed_from_date
),

continuing as (
    select distinct
        next_employment.local_authority_code,
        next_employment.worker_id,
        next_employment.employed_from_date
    from ordered as next_employment
    inner join ordered as ended
        on next_employment.local_authority_code = ended.local_authority_code
        and next_employment.worker_id = ended.worker_id
        and next_employment.is_agency_worker = ended.is_agency_worker
        and next_employment.employed_from_date > ended.employed_from_date
        and next_employment.employed_from_date <= ended.employed_to_date
),

moves as (
    select
        *,
        previous_role_id is not null
        -- A second role beside an open one is taken on, not moved to.
        and previous_end_date <= role_start_date as has_moved
    from ordered
),

-- In the census a worker who is still in post in another role moved within the authority.
census_in_post as (
    select
        local_authority_code,
        census_year,
        worker_id,
        min(role_start_date) as first_start_date
    from roles
    where
        record_source = 'csww' and not is_agency_worker
        and coalesce(role_end_date >= census_to, true)
        and coalesce(role_start_date < census_to, true)
    group by local_authority_code, census_year, worker_id
),

census_roles as (
    select
        roles.*,
        in_post.worker_id is not null as is_in_post,
        min(roles.role_start_date) over (
            partition by roles.local_authority_code, roles.census_year, roles.worker_id
        ) as first_start_date
    from roles
    left join census_in_post as in_post
        on roles.local_authority_code = in_post.local_authority_code
        and roles.census_year = in_post.census_year
        and roles.worker_id = in_post.worker_id
    where roles.record_source = 'csww' and not roles.is_agency_worker
),

events as (
    select
        'joined' as movement_type,
        ordered.employed_from_date as movement_date,
        ordered.role_id
    from ordered
    left join continuing
        on ordered.local_authority_code = continuing.local_authority_code
        and ordered.worker_id = continuing.worker_id
        and ordered.employed_from_date = continuing.employed_from_date
    where ordered.place = 1 and continuing.worker_id is null
    union all
    select
        'left' as movement_type,
        ordered.employed_to_date as movement_date,
        ordered.role_id
    from ordered
    left join continued
        on ordered.local_authority_code = continued.local_authority_code
        and ordered.worker_id = continued.worker_id
        and ordered.employed_from_date = continued.employed_from_date
    where
        ordered.place = ordered.role_count
        and ordered.employed_to_date is not null
        and continued.worker_id is null
    union all
    select
        'moved_role' as movement_type,
        role_start_date as movement_date,
        role_id
    from moves
    where
        has_moved
        and (
            staff_group_code is distinct from previous_staff_group_code
            or org_role_code is distinct from previous_org_role_code
            or post_id is distinct from previous_post_id
        )
    union all
    select
        'moved_team' as movement_type,
        role_start_date as movement_date,
        role_id
    from moves
    where has_moved and team_id is distinct from previous_team_id
    union all
    select
        'joined' as movement_type,
        role_start_date as movement_date,
        role_id
    from census_roles
    where role_start_date >= census_from and role_start_date < census_to
    -- Of two roles the first is the one they joined in.
    qualify row_number() over (
        partition by local_authority_code, census_year, worker_id
        order by role_start_date, role_id
    ) = 1 and role_start_date = first_start_date
    union all
    select
        'left' as movement_type,
        role_end_date as movement_date,
        role_id
    from census_roles
    where role_end_date >= census_from and role_end_date < census_to and not is_in_post
    qualify row_number() over (
        partition by local_authority_code, census_year, worker_id
        order by role_end_date desc, org_role_code asc nulls last, role_id asc
    ) = 1
),

-- Full-time equivalents of everything a leaver left on the day.
left_with as (
    select
        local_authority_code,
        record_source,
        worker_id,
        coalesce(census_year, 0) as census_year,
        coalesce(role_end_date, employed_to_date) as end_date,
        cast(sum({{ summable('fte') }}) as double) as fte
    from roles
    where coalesce(role_end_date, employed_to_date) is not null
    group by all
),

described as (
    select
        events.movement_type,
        events.movement_date,
        roles.*,
        moves.previous_staff_group_code,
        moves.previous_org_role_code,
        moves.previous_team_id,
        moves.previous_post_id
    from events
    inner join roles on events.role_id = roles.role_id
    left join moves
        on {{ key_if("events.movement_type in ('moved_role', 'moved_team')", 'events.role_id') }}
        = moves.role_id
    where
        events.movement_date <= {{ as_at_date() }}
    -- A leaver that two censuses hold left once.
    qualify row_number() over (
        partition by
            roles.local_authority_code, roles.record_source, roles.worker_id,
            events.movement_type, events.movement_date
        order by roles.census_year desc nulls last, roles.role_id asc
    ) = 1
)

select
    described.local_authority_code,
    described.record_source,
    described.worker_id,
    described.movement_type,
    described.movement_date,
    periods.period_id,
    described.is_agency_worker,
    described.staff_group_code,
    described.org_role_code,
    described.record_source = 'csww' or described.org_role_code is not null
        as is_census_social_worker,
    described.team_id,
    described.post_id,
    described.previous_staff_group_code,
    described.previous_org_role_code,
    described.previous_team_id,
    described.previous_post_id,
    cast(
        coalesce(
            case when described.movement_type = 'left' then left_with.fte end, described.fte, 0
        ) as double
    ) as fte,
    described.employed_from_date,
    {{ days_between('described.employed_from_date', 'described.movement_date') }}
        as service_days,
    described.start_origin_code,
    case when described.movement_type = 'left' then described.leaving_reason_code end
        as leaving_reason_code,
    case when described.movement_type = 'left' then described.leaving_destination_code end
        as leaving_destination_code,
    described._file_sha256,
    described._row_number
from described
left join left_with
    on described.local_authority_code = left_with.local_authority_code
    and described.record_source = left_with.record_source
    and described.worker_id = left_with.worker_id
    and coalesce(described.census_year, 0) = left_with.census_year
    and described.movement_date = left_with.end_date
left join {{ ref('periods') }} as periods
    on periods.period_type = 'month'
    and described.movement_date between periods.period_start and periods.period_end
