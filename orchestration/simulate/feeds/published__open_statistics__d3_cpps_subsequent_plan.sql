with counted as (
    select
        plans.local_authority_code,
        years.return_year,
        count(*) as plan_count,
        count(*) filter (where plans.previous_plan_count > 0) as again_count
    from world.protection_plans as plans
    inner join published_years(210) as years
        on year(plans.plan_start_date + interval 9 month) = years.return_year
    where not plans.is_other_authority_plan
    group by all
)

select
    cast(counted.return_year as varchar) as time_period,
    'Reporting year' as time_identifier,
    areas.* exclude (local_authority_code),
    'Child Protection Plans which are a second or subsequent plan' as category,
    shown(sum(counted.plan_count), areas.geographic_level) as "CPP_start",
    shown(sum(counted.again_count), areas.geographic_level) as "CPP_subsequent",
    shown_share(
        sum(counted.again_count), sum(counted.plan_count), 100, 1, areas.geographic_level
    ) as "CPP_subsequent_percent"
from counted
inner join published_areas() as areas using (local_authority_code)
group by
    counted.return_year, areas.geographic_level, areas.country_code, areas.country_name, areas.region_code,
    areas.region_name, areas.old_la_code, areas.new_la_code, areas.la_name
order by time_period desc, geographic_level, region_code, old_la_code
