select
    residents.mid_year as time_period,
    'Reporting year' as time_identifier,
    areas.* exclude (local_authority_code),
    'Children aged 0 to 17 years' as age_group,
    cast(sum(residents.population) as bigint) as population_estimate
from children_aged_0_to_17() as residents
inner join published_areas() as areas using (local_authority_code)
where make_date(residents.mid_year, 6, 30) <= getvariable('as_known_on')
group by all
order by time_period desc, geographic_level, region_code, old_la_code
