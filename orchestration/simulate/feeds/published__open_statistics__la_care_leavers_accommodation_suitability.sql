with counted as (
    select
        leavers.local_authority_code,
        leavers.return_year,
        case when leavers.age_turned <= 18 then '17 to 18 years' else '19 to 21 years' end
            as care_leaver_age,
        breakdowns.breakdown,
        count(*) filter (where breakdowns.is_so) as leaver_count,
        count(*) as whole
    from world.care_leavers as leavers
    inner join published_years(235) as years on leavers.return_year = years.return_year
    cross join lateral (values
        ('Accommodation considered suitable', coalesce(leavers.is_suitable, false)),
    ('Accommodation considered unsuitable', not coalesce(leavers.is_suitable, true)),
    ('No information', leavers.is_suitable is null),
    ('Suitability total', true)
    ) as breakdowns (breakdown, is_so)
    where leavers.age_turned <= 21 and leavers.contact_code not in ('DIED', 'RHOM')
    group by all
)

select
    cast(counted.return_year as varchar) as time_period,
    'Reporting year' as time_identifier,
    areas.* exclude (local_authority_code),
    counted.care_leaver_age,
    counted.breakdown,
    shown(sum(counted.leaver_count), areas.geographic_level) as care_leaver_count,
    shown_share(
        sum(counted.leaver_count), sum(counted.whole), 100, 0, areas.geographic_level
    ) as care_leaver_percent
from counted
inner join published_areas() as areas using (local_authority_code)
group by
    counted.return_year, areas.geographic_level, areas.country_code, areas.country_name, areas.region_code,
    areas.region_name, areas.old_la_code, areas.new_la_code, areas.la_name, counted.care_leaver_age, counted.breakdown
order by time_period desc, geographic_level, region_code, old_la_code, care_leaver_age, breakdown
