with parameters as (
    select
        {{ parameter_columns([
            'z95', 'working_days_in_year', 'service_long_days', 'development_plan_after_days',
            'many_workers', 'poisson_exact_below',
        ]) }}
    from {{ ref('method_parameters') }}
),

snapshots as (
    select
        *,
        coalesce(team_id, 'Not known') as team,
        {{ year_ago('period_end') }} as year_ago
    from {{ ref('workforce_snapshots') }}
),

employed as (
    select * from snapshots
    where not is_agency_worker
),

days as (
    select
        local_authority_code,
        record_source,
        period_id,
        period_end,
        min(year_ago) as year_ago
    from snapshots
    group by local_authority_code, record_source, period_id, period_end
),

-- Days of which the same day a year earlier is held too: twelve months can be looked back over.
year_held as (
    select
        days.*,
        starts.period_id as start_period_id
    from days
    inner join days as starts
        on days.local_authority_code = starts.local_authority_code
        and days.record_source = starts.record_source
        and days.year_ago = starts.period_end
),

-- The census says itself who left in its year.
flow_days as (
    select * from days
    where record_source = 'csww'
    union all
    select
        local_authority_code, record_source, period_id, period_end, year_ago
    from year_held
    where record_source = 'local'
),

-- ---- parts of the measures, by team and staff group ----
stocks as (
    select
        snapshots.local_authority_code,
        snapshots.record_source,
        snapshots.period_id,
        snapshots.team,
        snapshots.staff_group_code,
        snapshots.is_census_social_worker,
        sum(case when not is_agency_worker then fte else 0 end) as employed_fte,
        count(*) filter (where not is_agency_worker) as employed_count,
        sum(case when is_agency_worker then fte else 0 end) as agency_fte,
        count(*) filter (where is_agency_worker) as agency_count,
        sum(case when case_count >= 1 and fte > 0 then case_count end) as case_count,
        sum(case when case_count >= 1 and fte > 0 then fte end) as holder_fte,
        count(*) filter (where case_count >= 1 and fte > 0) as holder_count,
        count(*) filter (where is_above_agreed_caseload) as above_count,
        count(is_above_agreed_caseload) as agreed_count,
        count(*) filter (where not is_agency_worker and service_days >= service_long_days)
            as long_service_count,
        count(*) filter (where not is_agency_worker and service_days is not null)
            as service_count,
        count(*) filter (where has_registration) as registered_count,
        count(has_registration) as registration_known_count,
        count(*) filter (where has_post_credential) as credential_count,
        count(has_post_credential) as credential_asked_count,
        count(*) filter (where has_management_award and staff_group_code = 'manager')
            as award_count,
        count(has_management_award) filter (where staff_group_code = 'manager')
            as award_known_count,
        count(*) filter (
            where has_development_plan and not is_agency_worker
            and service_days >= development_plan_after_days
        ) as plan_count,
        count(has_development_plan) filter (
            where not is_agency_worker and service_days >= development_plan_after_days
        ) as plan_due_count,
        count(*) filter (where has_reflective_supervision and case_count >= 1)
            as reflective_count,
        count(has_reflective_supervision) filter (where case_count >= 1)
            as reflective_due_count
    from snapshots
    cross join parameters
    group by
        snapshots.local_authority_code, snapshots.record_source, snapshots.period_id,
        snapshots.team, snapshots.staff_group_code, snapshots.is_census_social_worker
),

{%- set of_stocks = [
    ('fte_in_post', 'employed_fte', '0', 'employed_count', '0', '0'),
    ('headcount_in_post', 'employed_count', '0', 'employed_count', '0', '0'),
    ('agency_rate_fte', 'agency_fte', 'employed_fte', 'agency_count',
        'agency_count + employed_count', '0'),
    ('caseload_fte', 'case_count', 'holder_fte', 'holder_count', 'holder_count', '0'),
    ('workers_above_agreed_caseload', 'above_count', 'agreed_count', 'above_count',
        'agreed_count', 'holder_count - agreed_count'),
    ('two_years_service', 'long_service_count', 'service_count', 'long_service_count',
        'service_count', 'employed_count - service_count'),
    ('registration_in_force', 'registered_count', 'registration_known_count',
        'registered_count', 'registration_known_count', '0'),
    ('post_credential_held', 'credential_count', 'credential_asked_count', 'credential_count',
        'credential_asked_count', 'registration_known_count - credential_asked_count'),
    ('management_award_held', 'award_count', 'award_known_count', 'award_count',
        'award_known_count', '0'),
    ('development_plan_in_date', 'plan_count', 'plan_due_count', 'plan_count',
        'plan_due_count', '0'),
    ('reflective_supervision_each_month', 'reflective_count', 'reflective_due_count',
        'reflective_count', 'reflective_due_count', '0'),
] %}

-- The day's posts and who holds them: the vacant is what the employed leave of the budget.
posts as (
    select
        days.local_authority_code,
        days.period_id,
        posts.post_id,
        coalesce(posts.team_id, 'Not known') as team,
        posts.staff_group_code,
        coalesce(max(posts.budgeted_fte), 0) as budgeted_fte,
        coalesce(sum(holders.fte) filter (where not holders.is_agency_worker), 0)
            as employed_fte,
        coalesce(sum(holders.fte) filter (where holders.is_agency_worker), 0) as agency_fte
    from days
    inner join {{ ref('int_posts') }} as posts
        on days.local_authority_code = posts.local_authority_code
        and posts.record_source = 'local'
        and {{ open_on('posts.post_start_date', 'posts.post_end_date', 'days.period_end') }}
    left join snapshots as holders
        on days.local_authority_code = holders.local_authority_code
        and days.record_source = holders.record_source
        and days.period_id = holders.period_id
        and posts.post_id = holders.post_id
    where days.record_source = 'local'
    group by
        days.local_authority_code, days.period_id, posts.post_id, posts.team_id,
        posts.staff_group_code
),

vacancies as (
    select
        *,
        greatest(budgeted_fte - employed_fte, 0) as vacant_fte,
        least(greatest(budgeted_fte - employed_fte, 0), agency_fte) as covered_fte
    from posts
),

authorities_with_posts as (
    select distinct local_authority_code from vacancies
),

leavers as (
    select
        flow_days.local_authority_code,
        flow_days.record_source,
        flow_days.period_id,
        coalesce(movements.team_id, 'Not known') as team,
        movements.staff_group_code,
        movements.is_census_social_worker,
        sum(movements.fte) as left_fte,
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

in_post_at_end as (
    select
        stocks.*
    from stocks
    inner join flow_days
        on stocks.local_authority_code = flow_days.local_authority_code
        and stocks.record_source = flow_days.record_source
        and stocks.period_id = flow_days.period_id
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
    from year_held
    inner join employed as at_start
        on year_held.local_authority_code = at_start.local_authority_code
        and year_held.record_source = at_start.record_source
        and year_held.start_period_id = at_start.period_id
    left join employed as at_end
        on at_start.local_authority_code = at_end.local_authority_code
        and at_start.record_source = at_end.record_source
        and at_start.worker_id = at_end.worker_id
        and year_held.period_id = at_end.period_id
    group by
        year_held.local_authority_code, year_held.record_source, year_held.period_id,
        at_start.team, at_start.staff_group_code, at_start.is_census_social_worker
),

spells as (
    select
        absences.*,
        reasons.code_group as reason_group,
        {{ days_between('absences.absence_start_date', 'absences.last_absent_date') }} + 1
            as spell_days
    from {{ ref('int_absences') }} as absences
    left join {{ ref('codes') }} as reasons
        on reasons.code_set = 'csww_absence_reason'
        and absences.absence_reason_code = reasons.code
    where absences.working_days_lost is not null
),

-- Days of a spell that lies partly in the twelve months, in proportion.
days_lost as (
    select
        flow_days.local_authority_code,
        flow_days.record_source,
        flow_days.period_id,
        spells.worker_id,
        sum(
            case when spells.reason_group = 'sickness' or flow_days.record_source = 'csww' then
                spells.working_days_lost * case
                    when flow_days.record_source = 'csww' then 1.0
                    else cast({{ days_between(
                        'greatest(spells.absence_start_date, flow_days.year_ago + 1)',
                        'least(spells.last_absent_date, flow_days.period_end)'
                    ) }} + 1 as double) / spells.spell_days
                end
            end
        ) as sick_days,
        sum(
            case when spells.reason_group in ('sickness', 'unauthorised') then
                spells.working_days_lost * cast({{ days_between(
                    'greatest(spells.absence_start_date, flow_days.year_ago + 1)',
                    'least(spells.last_absent_date, flow_days.period_end)'
                ) }} + 1 as double) / spells.spell_days
            end
        ) as lost_days
    from flow_days
    inner join spells
        on flow_days.local_authority_code = spells.local_authority_code
        and flow_days.record_source = spells.record_source
        and (
            (
                spells.absence_start_date <= flow_days.period_end
                and spells.last_absent_date > flow_days.year_ago
                and spells.spell_days > 0
            )
            or make_date(spells.census_year, 9, 30) = flow_days.period_end
        )
    group by
        flow_days.local_authority_code, flow_days.record_source, flow_days.period_id,
        spells.worker_id
),

authorities_with_absences as (
    select distinct local_authority_code, record_source, census_year from spells
),

absent as (
    select
        employed.local_authority_code,
        employed.record_source,
        employed.period_id,
        employed.team,
        employed.staff_group_code,
        employed.is_census_social_worker,
        coalesce(sum(days_lost.sick_days), 0) as sick_days,
        coalesce(sum(days_lost.lost_days), 0) as lost_days,
        count(days_lost.worker_id) as absent_count,
        count(*) as employed_count,
        sum(employed.fte) as employed_fte
    from employed
    inner join flow_days
        on employed.local_authority_code = flow_days.local_authority_code
        and employed.record_source = flow_days.record_source
        and employed.period_id = flow_days.period_id
    inner join authorities_with_absences as held
        on employed.local_authority_code = held.local_authority_code
        and employed.record_source = held.record_source
        and coalesce(held.census_year = year(employed.period_end), true)
    left join days_lost
        on employed.local_authority_code = days_lost.local_authority_code
        and employed.record_source = days_lost.record_source
        and employed.period_id = days_lost.period_id
        and employed.worker_id = days_lost.worker_id
    group by
        employed.local_authority_code, employed.record_source, employed.period_id,
        employed.team, employed.staff_group_code, employed.is_census_social_worker
),

mean_fte as (
    select
        flow_days.local_authority_code,
        flow_days.record_source,
        flow_days.period_id,
        employed.team,
        employed.staff_group_code,
        employed.is_census_social_worker,
        sum(employed.fte) / 12 as employed_fte,
        count(distinct employed.worker_id) as employed_count
    from flow_days
    inner join employed
        on flow_days.local_authority_code = employed.local_authority_code
        and flow_days.record_source = employed.record_source
        and employed.period_end > flow_days.year_ago
        and employed.period_end <= flow_days.period_end
    inner join authorities_with_absences as held
        on employed.local_authority_code = held.local_authority_code
        and employed.record_source = held.record_source
    where flow_days.record_source = 'local'
    group by
        flow_days.local_authority_code, flow_days.record_source, flow_days.period_id,
        employed.team, employed.staff_group_code, employed.is_census_social_worker
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
),

parts as (
    {%- for measure, a, b, people, base, unknown in of_stocks %}
    select
        local_authority_code, record_source, period_id, team, staff_group_code,
        is_census_social_worker,
        '{{ measure }}' as measure_code,
        cast({{ a }} as double) as a,
        cast({{ b }} as double) as b,
        cast(0 as double) as c,
        {{ people }} as people_count,
        {{ base }} as base_count,
        {{ unknown }} as not_known_count
    from stocks
    union all
    {%- endfor %}
    select
        -- Of a vacant post nobody's role says whether the census would count it.
        local_authority_code, 'local', period_id, team, staff_group_code,
        false, 'vacancy_rate_fte', vacant_fte, 0, 0,
        case when vacant_fte > 0 then 1 else 0 end,
        case when vacant_fte > 0 then 1 else 0 end, 0
    from vacancies
    union all
    select
        stocks.local_authority_code, stocks.record_source, stocks.period_id, stocks.team,
        stocks.staff_group_code, false, 'vacancy_rate_fte', 0,
        stocks.employed_fte, 0, 0, stocks.employed_count, 0
    from stocks
    inner join authorities_with_posts
        on stocks.local_authority_code = authorities_with_posts.local_authority_code
    where stocks.record_source = 'local'
    union all
    select
        local_authority_code, 'local', period_id, team, staff_group_code,
        false, 'agency_cover_rate_fte', covered_fte, 0, 0,
        case when covered_fte > 0 then 1 else 0 end, 0, 0
    from vacancies
    union all
    select
        stocks.local_authority_code, stocks.record_source, stocks.period_id, stocks.team,
        stocks.staff_group_code, false, 'agency_cover_rate_fte', 0,
        stocks.agency_fte, 0, 0, stocks.agency_count, 0
    from stocks
    inner join authorities_with_posts
        on stocks.local_authority_code = authorities_with_posts.local_authority_code
    where stocks.record_source = 'local'
    {%- for measure, a, people in [
        ('turnover_rate_fte', 'left_fte', 'left_count'),
        ('turnover_rate_headcount', 'left_count', 'left_count'),
        ('turnover_rate_average_base', 'left_count', 'left_count'),
    ] %}
    union all
    select
        local_authority_code, record_source, period_id, team, staff_group_code,
        is_census_social_worker, '{{ measure }}', {{ a }}, 0, 0, {{ people }}, 0, 0
    from leavers
    {{ "where record_source = 'local'" if measure == 'turnover_rate_average_base' }}
    {%- endfor %}
    {%- for measure, b in [
        ('turnover_rate_fte', 'employed_fte'),
        ('turnover_rate_headcount', 'employed_count'),
    ] %}
    union all
    select
        local_authority_code, record_source, period_id, team, staff_group_code,
        is_census_social_worker, '{{ measure }}', 0, {{ b }}, 0, 0, employed_count, 0
    from in_post_at_end
    {%- endfor %}
    union all
    select
        local_authority_code, record_source, period_id, team, staff_group_code,
        is_census_social_worker, 'turnover_rate_average_base', 0, 0, employed_count, 0,
        employed_count, 0
    from in_post_at_end
    where record_source = 'local'
    union all
    select
        local_authority_code, record_source, period_id, team, staff_group_code,
        is_census_social_worker, 'turnover_rate_average_base', 0, start_count, 0, 0,
        start_count, 0
    from stayers
    where record_source = 'local'
    union all
    select
        local_authority_code, record_source, period_id, team, staff_group_code,
        is_census_social_worker, 'stability_index', stayed_count, start_count, 0,
        stayed_count, start_count, 0
    from stayers
    union all
    select
        local_authority_code, record_source, period_id, team, staff_group_code,
        is_census_social_worker, 'absence_rate_fte', sick_days, employed_fte, 0,
        absent_count, employed_count, 0
    from absent
    union all
    select
        local_authority_code, record_source, period_id, team, staff_group_code,
        is_census_social_worker, 'days_lost_per_fte', lost_days, 0, 0, absent_count, 0, 0
    from absent
    where record_source = 'local'
    union all
    select
        local_authority_code, record_source, period_id, team, staff_group_code,
        is_census_social_worker, 'days_lost_per_fte', 0, employed_fte, 0, 0, employed_count, 0
    from mean_fte
    union all
    select
        local_authority_code, record_source, period_id, team, staff_group_code,
        is_census_social_worker, 'supervision_on_time', on_time_count, due_count, 0,
        on_time_count, due_count, 0
    from sessions
    union all
    select
        local_authority_code, record_source, period_id, team, staff_group_code,
        is_census_social_worker, 'supervision_held', held_count, due_count, 0,
        held_count, due_count, 0
    from sessions
),

-- ---- what is known of the whole authority only ----
census_posts as (
    select
        totals.*,
        days.period_id,
        days.record_source as day_source
    from {{ ref('int_posts') }} as totals
    inner join days
        on totals.local_authority_code = days.local_authority_code
        and days.record_source = 'csww'
        and make_date(totals.census_year, 9, 30) = days.period_end
    where totals.record_source = 'csww'
),

authority_stocks as (
    select
        local_authority_code,
        record_source,
        period_id,
        sum(employed_fte) as employed_fte,
        sum(employed_count) as employed_count,
        sum(agency_fte) as agency_fte,
        sum(agency_count) as agency_count,
        sum(case when staff_group_code = 'business_support' then employed_fte + agency_fte end)
            as support_fte,
        sum(
            case
                when staff_group_code = 'business_support' then employed_count + agency_count
            end
        ) as support_count,
        sum(case when staff_group_code = 'qualified_social_worker' then holder_fte end)
            as holder_fte,
        sum(case when staff_group_code = 'qualified_social_worker' then holder_count end)
            as holder_count
    from stocks
    group by local_authority_code, record_source, period_id
),

-- A child's social workers in the twelve months: the denominator is who counts as in care.
years as (
    select period_end from {{ ref('periods') }}
    where period_type = 'year'
),

children as (
    select
        cohort.local_authority_code,
        cohort.period_id,
        cohort.period_end,
        cohort.child_id,
        count(distinct allocations.worker_id) as worker_count,
        min(allocations.record_source) as first_source,
        max(allocations.record_source) as last_source
    from {{ ref('cohort_snapshots') }} as cohort
    inner join years on cohort.period_end = years.period_end
    left join {{ ref('int_allocations') }} as allocations
        on cohort.local_authority_code = allocations.local_authority_code
        and cohort.child_id = allocations.child_id
        and allocations.allocation_role_code = 'key_social_worker'
        and allocations.allocation_start_date <= cohort.period_end
        and coalesce(
            allocations.allocation_end_date > {{ year_ago('cohort.period_end') }} + 1, true
        )
    where cohort.cohort_code = 'in_care'
    group by
        cohort.local_authority_code, cohort.period_id, cohort.period_end, cohort.child_id
),

of_authority as (
    select
        local_authority_code,
        'csww' as record_source,
        period_id,
        'agency_cover_rate_fte' as measure_code,
        census_posts.agency_cover_fte as a,
        authority_stocks.agency_fte as b,
        cast(0 as double) as c,
        cast(null as bigint) as people_count,
        authority_stocks.agency_count as base_count,
        0 as not_known_count
    from census_posts
    inner join authority_stocks using (local_authority_code, period_id)
    where authority_stocks.record_source = census_posts.day_source
    union all
    select
        local_authority_code, 'csww', period_id, 'vacancy_rate_fte', census_posts.vacant_fte,
        authority_stocks.employed_fte, 0, null, authority_stocks.employed_count, 0
    from census_posts
    inner join authority_stocks using (local_authority_code, period_id)
    where authority_stocks.record_source = census_posts.day_source
    union all
    select
        local_authority_code, record_source, period_id, 'business_support_ratio',
        coalesce(support_fte, 0), holder_fte, 0, coalesce(support_count, 0), holder_count, 0
    from authority_stocks
    where record_source = 'local' and holder_fte is not null
    union all
    select
        children.local_authority_code,
        case
            when min(children.first_source) = max(children.last_source)
                then min(children.first_source)
            else 'several'
        end,
        children.period_id,
        'children_with_3_plus_workers',
        count(*) filter (where children.worker_count >= parameters.many_workers),
        count(*) filter (where children.worker_count > 0),
        0,
        count(*) filter (where children.worker_count >= parameters.many_workers),
        count(*) filter (where children.worker_count > 0),
        count(*) filter (where children.worker_count = 0)
    from children
    cross join parameters
    group by children.local_authority_code, children.period_id
    having count(*) filter (where children.worker_count > 0) > 0
),

-- ---- authority, teams and staff groups ----
scopes as (
    select 'all' as team_scope, 'all' as group_scope
    union all
    select 'all' as team_scope, 'own' as group_scope
    union all
    select 'all' as team_scope, 'census' as group_scope
    union all
    select 'own' as team_scope, 'all' as group_scope
    union all
    select 'own' as team_scope, 'own' as group_scope
),

scoped as (
    select
        parts.local_authority_code,
        parts.record_source,
        parts.period_id,
        case scopes.team_scope when 'all' then 'all' else parts.team end as team_id,
        case scopes.group_scope
            when 'all' then 'all'
            when 'census' then 'census_social_workers'
            else parts.staff_group_code
        end as staff_group_code,
        parts.measure_code,
        sum(parts.a) as a,
        sum(parts.b) as b,
        sum(parts.c) as c,
        cast(sum(parts.people_count) as bigint) as people_count,
        cast(sum(parts.base_count) as bigint) as base_count,
        cast(sum(parts.not_known_count) as bigint) as not_known_count
    from parts
    inner join scopes
        -- The census has no teams, and all of it are its social workers.
        on (parts.record_source = 'local' or scopes.team_scope = 'all')
        and (
            scopes.group_scope <> 'census'
            or (parts.record_source = 'local' and parts.is_census_social_worker)
        )
    group by
        parts.local_authority_code, parts.record_source, parts.period_id, parts.measure_code,
        scopes.team_scope, scopes.group_scope,
        case scopes.team_scope when 'all' then 'all' else parts.team end,
        case scopes.group_scope
            when 'all' then 'all'
            when 'census' then 'census_social_workers'
            else parts.staff_group_code
        end
    union all
    select
        local_authority_code, record_source, period_id, 'all', 'all', measure_code, a, b, c,
        cast(people_count as bigint), cast(base_count as bigint),
        cast(not_known_count as bigint)
    from of_authority
),

service as (
    select
        employed.local_authority_code,
        employed.record_source,
        employed.period_id,
        case scopes.team_scope when 'all' then 'all' else employed.team end as team_id,
        case scopes.group_scope
            when 'all' then 'all'
            when 'census' then 'census_social_workers'
            else employed.staff_group_code
        end as staff_group_code,
        median(employed.service_days) / cast(365.25 as double) as a,
        count(employed.service_days) as people_count,
        count(*) - count(employed.service_days) as not_known_count
    from employed
    inner join scopes
        on (employed.record_source = 'local' or scopes.team_scope = 'all')
        and (
            scopes.group_scope <> 'census'
            or (employed.record_source = 'local' and employed.is_census_social_worker)
        )
    group by all
),

measured as (
    select * from scoped
    union all
    select
        local_authority_code, record_source, period_id, team_id, staff_group_code,
        'median_service_years', a, 0, 0, people_count, people_count, not_known_count
    from service
    where a is not null
),

reckoned as (
    select
        measured.*,
        measures.unit,
        measures.multiplier,
        measures.denominator_rule,
        measures.interval_method,
        measures.window_months,
        measures.family_code,
        periods.period_end,
        parameters.z95,
        parameters.poisson_exact_below,
        parameters.parameter_version,
        {{ workforce_denominator(
            'measures.denominator_rule', 'measured.a', 'measured.b',
            "case when measures.denominator_rule = 'working_time' then "
            ~ working_days(year_ago('periods.period_end'), 'periods.period_end',
                'parameters.working_days_in_year')
            ~ " else measured.c end"
        ) }} as denominator
    from measured
    cross join parameters
    inner join {{ ref('workforce_measures') }} as measures
        on measured.measure_code = measures.measure_code
    inner join {{ ref('periods') }} as periods on measured.period_id = periods.period_id
)

select
    reckoned.local_authority_code,
    reckoned.record_source,
    reckoned.period_id,
    reckoned.period_end,
    reckoned.team_id,
    reckoned.staff_group_code,
    reckoned.measure_code,
    cast(reckoned.window_months as integer) as window_months,
    reckoned.unit,
    {{ settled('reckoned.a') }} as numerator,
    {{ settled('reckoned.denominator') }} as denominator,
    reckoned.people_count as n_numerator,
    reckoned.base_count as n_denominator,
    reckoned.not_known_count as n_not_known,
    {{ settled(workforce_value(
        'reckoned.multiplier', 'reckoned.denominator_rule', 'reckoned.a',
        'reckoned.denominator'
    )) }} as value,
    {{ settled(
        "case reckoned.interval_method when 'wilson' then reckoned.multiplier * ("
        ~ wilson_lower('reckoned.a', 'reckoned.denominator', 'reckoned.z95')
        ~ ") when 'byar' then reckoned.multiplier / nullif(reckoned.denominator, 0) * case"
        ~ " when reckoned.a < reckoned.poisson_exact_below then poisson.lower95 else "
        ~ byar_lower('reckoned.a', 'reckoned.z95') ~ " end end"
    ) }} as lower95,
    {{ settled(
        "case reckoned.interval_method when 'wilson' then reckoned.multiplier * ("
        ~ wilson_upper('reckoned.a', 'reckoned.denominator', 'reckoned.z95')
        ~ ") when 'byar' then reckoned.multiplier / nullif(reckoned.denominator, 0) * case"
        ~ " when reckoned.a < reckoned.poisson_exact_below then poisson.upper95 else "
        ~ byar_upper('reckoned.a', 'reckoned.z95') ~ " end end"
    ) }} as upper95,
    reckoned.interval_method,
    reckoned.family_code,
    {{ as_at_date() }} as as_at_date,
    reckoned.parameter_version
from reckoned
left join {{ ref('poisson_exact_limits') }} as poisson
    on reckoned.interval_method = 'byar' and reckoned.a = poisson.x
-- Nothing to measure anybody against: not supplied, or nobody there.
where reckoned.denominator_rule = 'none' or reckoned.denominator > 0
