-- Registered social workers on 30 September and in the year before it, by full-time equivalent and
-- by head; nothing is withheld, for it is not of children.
with censuses as (
    -- Out in the February after, which is five months on.
    select return_year - 1 as census_year, make_date(return_year - 1, 9, 30) as census_day
    from world.settings, published_years(-30) as years
    where make_date(return_year - 1, 9, 30) >= written_from
),

spells as (
    select
        workers.*,
        censuses.census_year,
        censuses.census_day,
        coalesce(workers.employed_to_date > censuses.census_day, true) as is_in_post,
        workers.employed_from_date > censuses.census_day - interval 1 year as is_starter
    from world.workers
    inner join world.staff on workers.worker_id = staff.worker_id
    inner join censuses
        on
            workers.role_start_date <= censuses.census_day
            and coalesce(
                workers.employed_to_date > censuses.census_day - interval 1 year, true
            )
    where staff.registration_number is not null and workers.org_role_code is not null
    qualify
        row_number() over (
            partition by censuses.census_year, workers.worker_id, workers.employed_from_date
            order by workers.role_start_date desc
        ) = 1
),

cases as (
    select
        censuses.census_year,
        allocations.worker_id,
        count(distinct allocations.child_id) as case_count
    from world.allocations
    inner join censuses
        on
            allocations.allocation_start_date <= censuses.census_day
            and coalesce(allocations.allocation_end_date > censuses.census_day, true)
    where allocations.allocation_role_code = 'key_social_worker'
    group by all
),

-- Of a spell of sickness, the days that fall into the year.
lasted as (
    select
        absences.*,
        censuses.census_year,
        censuses.census_day - interval 1 year as first_day,
        censuses.census_day as last_day,
        greatest(
            coalesce(absences.absence_end_date, settings.as_at + 1),
            absences.absence_start_date + 1
        ) as over_on
    from world.absences
    cross join world.settings
    inner join censuses on absences.absence_start_date <= censuses.census_day
    where absences.absence_reason_code = 'SIC'
),

sickness as (
    select
        census_year,
        worker_id,
        sum(
            working_days_lost
            * greatest(
                date_diff(
                    'day',
                    greatest(absence_start_date, cast(first_day as date) + 1),
                    least(over_on, last_day + 1)
                ),
                0
            )
            / date_diff('day', absence_start_date, over_on)
        ) as days_lost
    from lasted
    group by all
),

workforce as (
    select
        spells.local_authority_code,
        spells.census_year,
        coalesce(sum(fte) filter (where is_in_post and not is_agency_worker), 0) as in_post,
        count(*) filter (where is_in_post and not is_agency_worker) as in_post_heads,
        coalesce(sum(fte) filter (where is_starter and not is_agency_worker), 0) as starters,
        count(*) filter (where is_starter and not is_agency_worker) as starter_heads,
        coalesce(sum(fte) filter (where not is_in_post and not is_agency_worker), 0) as leavers,
        count(*) filter (where not is_in_post and not is_agency_worker) as leaver_heads,
        coalesce(sum(fte) filter (where is_in_post and is_agency_worker), 0) as agency,
        count(*) filter (where is_in_post and is_agency_worker) as agency_heads,
        coalesce(sum(fte) filter (where is_in_post and cases.case_count > 0), 0) as case_holders,
        coalesce(sum(cases.case_count) filter (where is_in_post), 0) as case_count
    from spells
    left join cases
        on spells.worker_id = cases.worker_id and spells.census_year = cases.census_year
    group by all
),

-- Whoever was employed in the year, once, however many spells there were.
lost as (
    select
        local_authority_code,
        census_year,
        sum(days_lost) as days_lost
    from (
        select distinct local_authority_code, census_year, worker_id
        from spells
        where not is_agency_worker
    )
    inner join sickness using (census_year, worker_id)
    group by all
),

held as (
    select
        posts.local_authority_code,
        censuses.census_year,
        posts.post_id,
        any_value(posts.budgeted_fte) as budgeted_fte,
        coalesce(sum(workers.fte) filter (where not workers.is_agency_worker), 0) as employed,
        coalesce(sum(workers.fte) filter (where workers.is_agency_worker), 0) as agency
    from world.posts
    inner join censuses
        on
            posts.post_start_date <= censuses.census_day
            and coalesce(posts.post_end_date > censuses.census_day, true)
    left join world.workers
        on
            posts.post_id = workers.post_id
            and posts.local_authority_code = workers.local_authority_code
            and workers.role_start_date <= censuses.census_day
            and coalesce(workers.role_end_date > censuses.census_day, true)
    where posts.org_role_code is not null
    group by all
),

vacant as (
    select
        local_authority_code,
        census_year,
        sum(greatest(budgeted_fte - employed, 0)) as vacancies,
        -- An agency worker covers as much of a vacancy as there is.
        sum(least(agency, greatest(budgeted_fte - employed, 0))) as covered
    from held
    group by all
),

counted as (
    select
        workforce.*,
        coalesce(lost.days_lost, 0) as days_lost,
        vacant.vacancies,
        vacant.covered,
        -- Working days: one more in a year with a 29 February.
        253 + cast(
            workforce.census_year % 4 = 0
            and (workforce.census_year % 100 <> 0 or workforce.census_year % 400 = 0) as integer
        ) as working_days
    from workforce
    inner join vacant
        on
            workforce.local_authority_code = vacant.local_authority_code
            and workforce.census_year = vacant.census_year
    left join lost
        on
            workforce.local_authority_code = lost.local_authority_code
            and workforce.census_year = lost.census_year
),

summed as (
    select
        counted.census_year,
        areas.* exclude (local_authority_code),
        any_value(counted.working_days) as working_days,
        sum(counted.in_post) as in_post,
        sum(counted.in_post_heads) as in_post_heads,
        sum(counted.starters) as starters,
        sum(counted.starter_heads) as starter_heads,
        sum(counted.leavers) as leavers,
        sum(counted.leaver_heads) as leaver_heads,
        sum(counted.agency) as agency,
        sum(counted.agency_heads) as agency_heads,
        sum(counted.vacancies) as vacancies,
        sum(counted.covered) as covered,
        sum(counted.case_holders) as case_holders,
        sum(counted.case_count) as case_count,
        sum(counted.days_lost) as days_lost
    from counted
    inner join published_areas() as areas using (local_authority_code)
    group by all
)

select
    cast(census_year as varchar) as time_period,
    'Reporting year' as time_identifier,
    geographic_level,
    country_code,
    country_name,
    region_code,
    region_name,
    old_la_code,
    new_la_code,
    la_name,
    round(in_post, 1) as inpost_fte,
    in_post_heads as inpost_headcount,
    round(starters, 1) as starters_fte,
    starter_heads as starters_headcount,
    round(leavers, 1) as leavers_fte,
    leaver_heads as leavers_headcount,
    percent_of(leavers, in_post) as turnover_rate_fte,
    percent_of(leaver_heads, in_post_heads) as turnover_rate_headcount,
    round(agency, 1) as agency_fte,
    agency_heads as agency_headcount,
    percent_of(agency, agency + in_post) as agency_rate_fte,
    percent_of(agency_heads, agency_heads + in_post_heads) as agency_rate_headcount,
    round(covered, 1) as agency_cover_fte,
    percent_of(covered, agency) as agency_cover_rate_fte,
    round(vacancies, 1) as vacancy_fte,
    percent_of(vacancies, vacancies + in_post) as vacancy_rate_fte,
    percent_of(covered, vacancies) as vacancy_agency_cover_rate_fte,
    round(case_holders, 1) as case_holders_fte,
    case_count as cases,
    coalesce(cast(round(case_count / nullif(case_holders, 0), 1) as varchar), 'z') as caseload_fte,
    round(days_lost, 1) as working_days_lost_fte,
    percent_of(days_lost, working_days * in_post) as absence_rate_fte
from summed
order by time_period desc, geographic_level, region_code, old_la_code
