with years as (
    select distinct mid_year
    from world.populations
    where make_date(mid_year, 6, 30) <= getvariable('as_known_on')
),

-- The same children, by where they live.
of_small_areas as (
    select
        households.small_area_code,
        years.mid_year,
        count(*) as population_count
    from world.residents
    inner join world.households on residents.family_id = households.family_id
        and residents.local_authority_code = households.local_authority_code
    inner join years
        on residents.date_of_birth <= make_date(years.mid_year, 6, 30)
        and residents.date_of_birth + interval 18 year > make_date(years.mid_year, 6, 30)
        and coalesce(residents.date_of_death > make_date(years.mid_year, 6, 30), true)
        and coalesce(residents.moved_in_date <= make_date(years.mid_year, 6, 30), true)
        and coalesce(residents.moved_out_date > make_date(years.mid_year, 6, 30), true)
    group by all
)

select
    'local_authority' as area_level_code,
    populations.local_authority_code as area_code,
    populations.mid_year,
    bands.age_band,
    sum(populations.population_count) as population_count
from world.populations
inner join years using (mid_year)
inner join (values ('0-15', 0, 15), ('16-17', 16, 17), ('0-17', 0, 17))
    as bands (age_band, lowest, highest)
    on populations.age_years between bands.lowest and bands.highest
group by all
union all
select
    'small_area',
    small_area_code,
    mid_year,
    '0-17',
    population_count
from of_small_areas
order by area_level_code, area_code, mid_year, age_band
