with counted as (
    select
        plans.local_authority_code,
        years.return_year,
        count(*) as plan_count,
        count(*) filter (
            where plans.plan_start_date >= make_date(years.return_year, 3, 31) - interval 3 month
        ) as short_count,
        count(*) filter (
            where plans.plan_start_date <= make_date(years.return_year, 3, 31) - interval 2 year
        ) as long_count
    from world.protection_plans as plans
    inner join published_years(210) as years
        on
            plans.plan_start_date <= make_date(years.return_year, 3, 31)
            and coalesce(plans.plan_end_date > make_date(years.return_year, 3, 31), true)
    where not plans.is_other_authority_plan
    group by all
)

select
    cast(counted.return_year as varchar) as time_period,
    'Reporting year' as time_identifier,
    areas.* exclude (local_authority_code),
    'Child Protection Plans by length of time' as category,
    shown(sum(counted.plan_count), areas.geographic_level) as "CPP_At31",
    shown(sum(counted.short_count), areas.geographic_level) as "3_months_or_less",
    shown_share(
        sum(counted.short_count), sum(counted.plan_count), 100, 1, areas.geographic_level
    ) as "3_months_or_less_percent",
    shown(sum(counted.long_count), areas.geographic_level) as "2_years_or_more",
    shown_share(
        sum(counted.long_count), sum(counted.plan_count), 100, 1, areas.geographic_level
    ) as "2_years_or_more_percent"
from counted
inner join published_areas() as areas using (local_authority_code)
group by
    counted.return_year, areas.geographic_level, areas.country_code, areas.country_name, areas.region_code,
    areas.region_name, areas.old_la_code, areas.new_la_code, areas.la_name
order by time_period desc, geographic_level, region_code, old_la_code
