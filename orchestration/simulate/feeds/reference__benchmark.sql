-- The rate of children looked after on 31 March, in the long layout that other publishers use.
with counted as (
    select
        periods.local_authority_code,
        years.return_year,
        count(distinct periods.child_id) as children_count
    from world.care_periods as periods
    inner join published_years(235) as years
        on
            periods.period_start_date <= make_date(years.return_year, 3, 31)
            and coalesce(periods.period_end_date > make_date(years.return_year, 3, 31), true)
    where not periods.is_short_breaks_only
    group by all
)

select
    'cla_rate' as measure_code,
    'Total' as breakdown,
    areas.geographic_level as geographic_level_code,
    coalesce(areas.old_la_code, areas.region_code, areas.country_code) as area_code,
    cast(counted.return_year as varchar) as time_period,
    'Reporting year' as time_identifier_code,
    round(10000.0 * sum(counted.children_count) / sum(residents.population)) as value,
    make_date(counted.return_year, 11, 21) as release_date
from counted
inner join published_areas() as areas using (local_authority_code)
inner join children_aged_0_to_17() as residents
    on
        counted.local_authority_code = residents.local_authority_code
        and counted.return_year - 1 = residents.mid_year
group by all
order by time_period, geographic_level_code, area_code
