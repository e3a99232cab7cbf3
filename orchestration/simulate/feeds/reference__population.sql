select
    'local_authority' as area_level_code,
    populations.local_authority_code as area_code,
    populations.mid_year,
    bands.age_band,
    sum(populations.population_count) as population_count
from world.populations
inner join (values ('0-15', 0, 15), ('16-17', 16, 17), ('0-17', 0, 17))
    as bands (age_band, lowest, highest)
    on populations.age_years between bands.lowest and bands.highest
where make_date(populations.mid_year, 6, 30) <= getvariable('as_known_on')
group by all
order by area_code, mid_year, age_band
