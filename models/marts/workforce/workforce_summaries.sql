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
        coalesce(team_id, 'Not known') as team
    from {{ ref('workforce_snapshots') }}
),

employed as (
    select * from snapshots
    where not is_agency_worker
),

days as (
    select * from {{ ref('workforce_days') }}
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
        sum(case when not is_agency_worker then {{ summable('fte') }} else 0 end) as employed_fte,
        count(*) filter (where not is_agency_worker) as employed_count,
        sum(case when is_agency_worker then {{ summable('fte') }} else 0 end) as agency_fte,
        count(*) filter (where is_agency_worker) as agency_count,
        sum(case when case_count >= 1 and fte > 0 then case_count end) as case_count,
        sum(case when case_count >= 1 and fte > 0 then {{ summable('fte') }} end) as holder_fte,
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

parts_of_measures as (
    select * from {{ ref('turnover_parts') }}
    union all
    select * from {{ ref('absence_parts') }}
    union all
    select * from {{ ref('vacancy_parts') }}
    union all
    select * from {{ ref('supervision_parts') }}
),

parts as (
    {%- for measure, a, b, people, base, unknown in of_stocks %}
    select
        local_authority_code, record_source, period_id, team, staff_group_code,
        is_census_social_worker,
        '{{ measure }}' as measure_code,
        {{ summable(a) }} as a,
        {{ summable(b) }} as b,
        {{ summable(0) }} as c,
        {{ people }} as people_count,
        {{ base }} as base_count,
        {{ unknown }} as not_known_count
    from stocks
    union all
    {%- endfor %}
    select
        local_authority_code, record_source, period_id, team, staff_group_code,
        is_census_social_worker, measure_code, a, b, c, people_count, base_count,
        0 as not_known_count
    from parts_of_measures
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
        cast(sum(employed_fte) as double) as employed_fte,
        sum(employed_count) as employed_count,
        cast(sum(agency_fte) as double) as agency_fte,
        sum(agency_count) as agency_count,
        cast(
            sum(case when staff_group_code = 'business_support' then employed_fte + agency_fte end)
            as double
        ) as support_fte,
        sum(
            case
                when staff_group_code = 'business_support' then employed_count + agency_count
            end
        ) as support_count,
        cast(
            sum(case when staff_group_code = 'qualified_social_worker' then holder_fte end)
            as double
        ) as holder_fte,
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
        and {{ end_or_never('allocations.allocation_end_date') }}
        > {{ year_ago('cohort.period_end') }} + 1
    where cohort.cohort_code = 'in_care'
    group by
        cohort.local_authority_code, cohort.period_id, cohort.period_end, cohort.child_id
),

of_authority as (
    select
        census_posts.local_authority_code,
        'csww' as record_source,
        census_posts.period_id,
        'agency_cover_rate_fte' as measure_code,
        census_posts.agency_cover_fte as a,
        authority_stocks.agency_fte as b,
        cast(0 as double) as c,
        cast(null as bigint) as people_count,
        authority_stocks.agency_count as base_count,
        0 as not_known_count
    from census_posts
    inner join authority_stocks
        on census_posts.local_authority_code = authority_stocks.local_authority_code
        and census_posts.period_id = authority_stocks.period_id
        and census_posts.day_source = authority_stocks.record_source
    union all
    select
        census_posts.local_authority_code,
        'csww' as record_source,
        census_posts.period_id,
        'vacancy_rate_fte' as measure_code,
        census_posts.vacant_fte as a,
        authority_stocks.employed_fte as b,
        0 as c,
        null as people_count,
        authority_stocks.employed_count as base_count,
        0 as not_known_count
    from census_posts
    inner join authority_stocks
        on census_posts.local_authority_code = authority_stocks.local_authority_code
        and census_posts.period_id = authority_stocks.period_id
        and census_posts.day_source = authority_stocks.record_source
    union all
    select
        local_authority_code,
        record_source,
        period_id,
        'business_support_ratio' as measure_code,
        coalesce(support_fte, 0) as a,
        holder_fte as b,
        0 as c,
        coalesce(support_count, 0) as people_count,
        holder_count as base_count,
        0 as not_known_count
    from authority_stocks
    where record_source = 'local' and holder_fte is not null
    union all
    select
        children.local_authority_code,
        case
            when min(children.first_source) = max(children.last_source)
                then min(children.first_source)
            else 'several'
        end as record_source,
        children.period_id,
        'children_with_3_plus_workers' as measure_code,
        count(*) filter (where children.worker_count >= parameters.many_workers) as a,
        count(*) filter (where children.worker_count > 0) as b,
        0 as c,
        count(*) filter (where children.worker_count >= parameters.many_workers) as people_count,
        count(*) filter (where children.worker_count > 0) as base_count,
        count(*) filter (where children.worker_count = 0) as not_known_count
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
        cast(sum(parts.a) as double) as a,
        cast(sum(parts.b) as double) as b,
        cast(sum(parts.c) as double) as c,
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
        local_authority_code,
        record_source,
        period_id,
        'all' as team_id,
        'all' as staff_group_code,
        measure_code,
        a,
        b,
        c,
        cast(people_count as bigint) as people_count,
        cast(base_count as bigint) as base_count,
        cast(not_known_count as bigint) as not_known_count
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
        local_authority_code,
        record_source,
        period_id,
        team_id,
        staff_group_code,
        'median_service_years' as measure_code,
        a,
        0 as b,
        0 as c,
        people_count,
        people_count as base_count,
        not_known_count
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
    on {{ key_if("reckoned.interval_method = 'byar'", 'reckoned.a') }} = poisson.x
-- Nothing to measure anybody against: not supplied, or nobody there.
where reckoned.denominator_rule = 'none' or reckoned.denominator > 0
