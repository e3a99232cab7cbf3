with counted as (
    select
        periods.local_authority_code,
        years.return_year,
        groups.population_type,
        count(distinct case
            when groups.population_type = 'Children looked after on 31 March each year'
                and periods.period_start_date <= make_date(years.return_year, 3, 31)
                and coalesce(periods.period_end_date > make_date(years.return_year, 3, 31), true)
                then periods.child_id
            when groups.population_type = 'Children starting to be looked after each year'
                and periods.period_start_date
                between make_date(years.return_year - 1, 4, 1) and make_date(years.return_year, 3, 31)
                then periods.child_id
            when groups.population_type = 'Children ceasing to be looked after each year'
                and periods.period_end_date
                between make_date(years.return_year - 1, 4, 1) and make_date(years.return_year, 3, 31)
                then periods.child_id
        end) as children_count
    from world.care_periods as periods
    cross join published_years(235) as years
    cross join (values
        ('Children looked after on 31 March each year'),
        ('Children starting to be looked after each year'),
        ('Children ceasing to be looked after each year')
    ) as groups (population_type)
    where not periods.is_short_breaks_only
    group by all
)

select
    cast(counted.return_year as varchar) as time_period,
    'Reporting year' as time_identifier,
    areas.* exclude (local_authority_code),
    counted.population_type,
    sum(residents.population) as population_estimate,
    shown(sum(counted.children_count), areas.geographic_level) as children_count,
    shown_share(
        sum(counted.children_count), sum(residents.population), 10000, 0, areas.geographic_level
    ) as rate_per_10000
from counted
inner join published_areas() as areas using (local_authority_code)
inner join children_aged_0_to_17() as residents
    on
        counted.local_authority_code = residents.local_authority_code
        and counted.return_year - 1 = residents.mid_year
group by
    counted.return_year, areas.geographic_level, areas.country_code, areas.country_name, areas.region_code,
    areas.region_name, areas.old_la_code, areas.new_la_code, areas.la_name, counted.population_type
order by time_period desc, geographic_level, region_code, old_la_code, population_type
