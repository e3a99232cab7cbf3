with months as (
    select
        period_id,
        period_end,
        -- First day of the month before the last one: three full months end on the day.
        cast(date_trunc('month', {{ months_before('period_end', 2) }}) as date) as quarter_start
    from {{ ref('periods') }}
    where period_type = 'month' and period_end <= {{ as_at_date() }}
),

roles as (
    select * from {{ ref('int_workers') }}
    where record_source in ('csww', 'local')
),

-- A staff list knows its past only from its first leaver on: before that it shows those who
-- stayed, and nobody who left. Without a leaver it speaks of its last month end alone.
staff_lists as (
    select
        local_authority_code,
        min(employed_to_date) as first_left_date,
        least(
            coalesce(max(exported_date), {{ as_at_date() }}),
            {{ as_at_date() }}
        ) as last_seen_date
    from roles
    where record_source = 'local'
    group by local_authority_code
),

days as (
    select
        staff_lists.local_authority_code,
        'local' as record_source,
        cast(null as integer) as census_year,
        months.period_id,
        months.period_end,
        months.quarter_start
    from staff_lists
    inner join months
        on staff_lists.last_seen_date >= months.period_end
        and (
            months.period_end >= staff_lists.first_left_date
            or months.period_end > {{ months_before('staff_lists.last_seen_date', 1) }}
        )
    union all
    select distinct
        roles.local_authority_code,
        'csww' as record_source,
        roles.census_year,
        months.period_id,
        months.period_end,
        months.quarter_start
    from roles
    inner join months on make_date(roles.census_year, 9, 30) = months.period_end
    where roles.record_source = 'csww'
),

in_role as (
    select
        days.period_id,
        days.period_end,
        days.quarter_start,
        roles.*,
        -- Somebody with two roles counts once, in the more senior one (census guide).
        row_number() over (
            partition by
                roles.local_authority_code, roles.record_source, days.period_id, roles.worker_id
            order by
                roles.org_role_code asc nulls last,
                roles.fte desc nulls last,
                roles.role_start_date desc nulls last,
                roles.role_id asc
        ) as place
    from days
    inner join roles
        on days.local_authority_code = roles.local_authority_code
        and days.record_source = roles.record_source
        and coalesce(days.census_year, 0) = coalesce(roles.census_year, 0)
        and coalesce(roles.role_start_date <= days.period_end, true)
        and coalesce(roles.role_end_date > days.period_end, true)
        and coalesce(roles.employed_to_date > days.period_end, true)
),

in_post as (
    select
        local_authority_code,
        record_source,
        period_id,
        period_end,
        quarter_start,
        worker_id,
        cast(sum({{ summable('fte') }}) as double) as fte,
        count(*) as role_count,
        sum(case_count) as census_case_count,
        min(employed_from_date) as employed_from_date,
        max(case when place = 1 then staff_group_code end) as staff_group_code,
        max(case when place = 1 then org_role_code end) as org_role_code,
        max(case when place = 1 then employment_type_code end) as employment_type_code,
        bool_or(place = 1 and is_agency_worker) as is_agency_worker,
        bool_or(place = 1 and has_direct_work) as has_direct_work,
        max(case when place = 1 then team_id end) as team_id,
        max(case when place = 1 then post_id end) as post_id,
        max(case when place = 1 then line_manager_id end) as line_manager_id,
        max(case when place = 1 then role_start_date end) as role_start_date,
        max(case when place = 1 then role_id end) as role_id,
        max(case when place = 1 then _file_sha256 end) as _file_sha256,
        max(case when place = 1 then _row_number end) as _row_number
    from in_role
    group by local_authority_code, record_source, period_id, period_end, quarter_start, worker_id
),

local_workers as (
    select * from in_post
    where record_source = 'local'
),

-- Spells of the looked-after return are of children in care alone, and no caseload.
case_spells as (
    select * from {{ ref('int_allocations') }}
    where worker_id is not null
),

authorities_with_cases as (
    select distinct local_authority_code from case_spells
    where record_source in ('local', 'ssd')
),

caseloads as (
    select
        local_workers.local_authority_code,
        local_workers.period_id,
        local_workers.worker_id,
        count(distinct case_spells.child_id) as case_count
    from local_workers
    inner join authorities_with_cases
        on local_workers.local_authority_code = authorities_with_cases.local_authority_code
    left join case_spells
        on local_workers.local_authority_code = case_spells.local_authority_code
        and local_workers.worker_id = case_spells.worker_id
        and {{ open_on('case_spells.allocation_start_date', 'case_spells.allocation_end_date',
            'local_workers.period_end') }}
    group by
        local_workers.local_authority_code, local_workers.period_id, local_workers.worker_id
),

agreed_caseloads as (
    select
        in_post.local_authority_code,
        in_post.record_source,
        in_post.period_id,
        in_post.worker_id,
        coalesce(targets.target_value, targets.upper_value) as agreed_caseload
    from in_post
    inner join {{ ref('stg_local__targets') }} as targets
        on in_post.local_authority_code = targets.local_authority_code
        and targets.indicator_id = 'rees_int_infrastructure_average_caseload'
        and targets.target_type_code in ('target', 'band')
        and coalesce(targets.target_value, targets.upper_value) is not null
        and (
            targets.scope_code = 'authority'
            or (targets.scope_code = 'team' and targets.team_id = in_post.team_id)
        )
        and {{ open_on('targets.valid_from_date', 'targets.valid_to_date',
            'in_post.period_end') }}
    -- What a team agreed goes before the whole authority, and the newest before the older.
    qualify row_number() over (
        partition by
            in_post.local_authority_code, in_post.record_source, in_post.period_id,
            in_post.worker_id
        order by
            targets.scope_code desc, targets.target_type_code desc,
            targets.valid_from_date desc, targets.target_id asc
    ) = 1
),

credentials as (
    select
        held.local_authority_code,
        held.worker_key as worker_id,
        held.credential_code,
        held.credential_level,
        held.awarded_date,
        held.expiry_date,
        groups.code_group as credential_group
    from {{ ref('stg_local__staff_qualifications') }} as held
    left join {{ ref('codes') }} as groups
        on groups.code_set = 'staff_credential' and held.credential_code = groups.code
),

authorities_with_credentials as (
    select distinct local_authority_code from credentials
),

required as (
    select
        posts.local_authority_code,
        posts.post_id,
        posts.required_credential_code,
        posts.required_level,
        groups.code_group as required_group
    from {{ ref('int_posts') }} as posts
    left join {{ ref('codes') }} as groups
        on groups.code_set = 'staff_credential' and posts.required_credential_code = groups.code
    where posts.record_source = 'local' and posts.required_credential_code is not null
),

qualified as (
    select
        local_workers.local_authority_code,
        local_workers.period_id,
        local_workers.worker_id,
        coalesce(bool_or(
            credentials.credential_group = 'registration'
            and {{ open_on('credentials.awarded_date', 'credentials.expiry_date',
                'local_workers.period_end') }}
        ), false) as has_registration,
        case when bool_or(required.post_id is not null) then coalesce(bool_or(
            {{ open_on('credentials.awarded_date', 'credentials.expiry_date',
                'local_workers.period_end') }}
            and (
                credentials.credential_code = required.required_credential_code
                or credentials.credential_group = required.required_group
            )
            and coalesce(credentials.credential_level, 0) >= coalesce(required.required_level, 0)
        ), false) end as has_post_credential,
        coalesce(bool_or(
            credentials.credential_group = 'management'
            and credentials.awarded_date <= local_workers.period_end
        ), false) as has_management_award,
        coalesce(bool_or(
            credentials.credential_group = 'development_plan'
            and {{ days_between('credentials.awarded_date', 'local_workers.period_end') }}
            between 0 and 364
        ), false) as has_development_plan
    from local_workers
    inner join authorities_with_credentials
        on local_workers.local_authority_code = authorities_with_credentials.local_authority_code
    left join credentials
        on local_workers.local_authority_code = credentials.local_authority_code
        and local_workers.worker_id = credentials.worker_id
    left join required
        on local_workers.local_authority_code = required.local_authority_code
        and local_workers.post_id = required.post_id
    group by
        local_workers.local_authority_code, local_workers.period_id, local_workers.worker_id
),

sessions as (
    select
        held.local_authority_code,
        held.worker_key as worker_id,
        held.held_date,
        types.code_group as session_group
    from {{ ref('stg_local__supervision') }} as held
    left join {{ ref('codes') }} as types
        on types.code_set = 'supervision_type' and held.supervision_type_code = types.code
),

authorities_with_sessions as (
    select distinct local_authority_code from sessions
),

supervised as (
    select
        local_workers.local_authority_code,
        local_workers.period_id,
        local_workers.worker_id,
        count(distinct month(sessions.held_date)) as reflective_month_count
    from local_workers
    inner join authorities_with_sessions
        on local_workers.local_authority_code = authorities_with_sessions.local_authority_code
    left join sessions
        on local_workers.local_authority_code = sessions.local_authority_code
        and local_workers.worker_id = sessions.worker_id
        and sessions.session_group = 'reflective'
        and sessions.held_date between local_workers.quarter_start and local_workers.period_end
    group by
        local_workers.local_authority_code, local_workers.period_id, local_workers.worker_id
),

absences as (
    select * from {{ ref('int_absences') }}
),

absent as (
    select distinct
        in_post.local_authority_code,
        in_post.record_source,
        in_post.period_id,
        in_post.worker_id
    from in_post
    inner join absences
        on in_post.local_authority_code = absences.local_authority_code
        and in_post.record_source = absences.record_source
        and in_post.worker_id = absences.worker_id
        and (
            in_post.period_end between absences.absence_start_date and absences.last_absent_date
            or (
                absences.is_absent_on_census_day
                and make_date(absences.census_year, 9, 30) = in_post.period_end
            )
        )
),

authorities_with_absences as (
    select distinct local_authority_code, record_source from absences
),

described as (
    select
        in_post.*,
        case
            when in_post.record_source = 'csww' then in_post.census_case_count
            else caseloads.case_count
        end as case_count,
        agreed_caseloads.agreed_caseload,
        qualified.has_registration,
        qualified.has_post_credential,
        qualified.has_management_award,
        qualified.has_development_plan,
        case
            when supervised.worker_id is not null
                -- Somebody new has not had three months to be supervised in.
                and in_post.employed_from_date <= in_post.quarter_start
                then supervised.reflective_month_count = 3
        end as has_reflective_supervision,
        case
            when authorities_with_absences.local_authority_code is not null
                then absent.worker_id is not null
        end as is_absent
    from in_post
    left join caseloads
        on in_post.local_authority_code = caseloads.local_authority_code
        and in_post.period_id = caseloads.period_id
        and {{ key_if("in_post.record_source = 'local'", 'in_post.worker_id') }}
        = caseloads.worker_id
    left join agreed_caseloads
        on in_post.record_source = agreed_caseloads.record_source
        and in_post.local_authority_code = agreed_caseloads.local_authority_code
        and in_post.period_id = agreed_caseloads.period_id
        and in_post.worker_id = agreed_caseloads.worker_id
    left join qualified
        on in_post.local_authority_code = qualified.local_authority_code
        and in_post.period_id = qualified.period_id
        and {{ key_if("in_post.record_source = 'local'", 'in_post.worker_id') }}
        = qualified.worker_id
    left join supervised
        on in_post.local_authority_code = supervised.local_authority_code
        and in_post.period_id = supervised.period_id
        and {{ key_if("in_post.record_source = 'local'", 'in_post.worker_id') }}
        = supervised.worker_id
    left join absent
        on in_post.record_source = absent.record_source
        and in_post.local_authority_code = absent.local_authority_code
        and in_post.period_id = absent.period_id
        and in_post.worker_id = absent.worker_id
    left join authorities_with_absences
        on in_post.record_source = authorities_with_absences.record_source
        and in_post.local_authority_code = authorities_with_absences.local_authority_code
)

select
    local_authority_code,
    record_source,
    period_id,
    period_end,
    worker_id,
    staff_group_code,
    org_role_code,
    record_source = 'csww' or org_role_code is not null as is_census_social_worker,
    employment_type_code,
    coalesce(is_agency_worker, false) as is_agency_worker,
    team_id,
    post_id,
    line_manager_id,
    has_direct_work,
    cast(coalesce(fte, 0) as double) as fte,
    cast(role_count as bigint) as role_count,
    role_start_date,
    employed_from_date,
    {{ days_between('employed_from_date', 'period_end') }} as service_days,
    cast(case_count as bigint) as case_count,
    cast(agreed_caseload as double) as agreed_caseload,
    case
        when case_count >= 1 and fte > 0 and agreed_caseload is not null
            then case_count > agreed_caseload * fte
    end as is_above_agreed_caseload,
    has_registration,
    has_post_credential,
    has_management_award,
    has_development_plan,
    has_reflective_supervision,
    is_absent,
    _file_sha256,
    _row_number
from described
