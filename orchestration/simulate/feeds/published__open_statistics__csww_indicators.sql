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
        coalesce(workers.employed_to_date > censuses.census_day, true) as is_in_post
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

counted as (
    select
        local_authority_code,
        census_year,
        coalesce(sum(fte) filter (where is_in_post and not is_agency_worker), 0) as in_post,
        coalesce(sum(fte) filter (
            where not is_agency_worker and employed_from_date > census_day - interval 1 year
        ), 0) as starters,
        coalesce(sum(fte) filter (where not is_in_post and not is_agency_worker), 0) as leavers,
        coalesce(sum(fte) filter (where is_in_post and is_agency_worker), 0) as agency
    from spells
    group by all
)

select
    cast(counted.census_year as varchar) as time_period,
    'Reporting year' as time_identifier,
    areas.* exclude (local_authority_code),
    round(sum(counted.in_post), 1) as inpost_fte,
    round(sum(counted.starters), 1) as starters_fte,
    round(sum(counted.leavers), 1) as leavers_fte,
    round(100 * sum(counted.leavers) / sum(counted.in_post), 1) as turnover_rate_fte,
    round(sum(counted.agency), 1) as agency_fte,
    round(100 * sum(counted.agency) / (sum(counted.agency) + sum(counted.in_post)), 1)
        as agency_rate_fte
from counted
inner join published_areas() as areas using (local_authority_code)
group by
    counted.census_year, areas.geographic_level, areas.country_code, areas.country_name, areas.region_code,
    areas.region_name, areas.old_la_code, areas.new_la_code, areas.la_name
order by time_period desc, geographic_level, region_code, old_la_code
