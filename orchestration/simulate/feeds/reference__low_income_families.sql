-- As many children as their small areas' deprivation makes likely: two in five in the most
-- deprived tenth, one in twenty in the least.
with share as (
    select
        local_authority_code,
        avg(0.4 - 0.35 * (deprivation_decile - 1) / 9.0) as low_income_share
    from world.small_areas
    group by local_authority_code
)

select
    populations.local_authority_code as la_code,
    populations.mid_year as tax_year,
    cast(round(share.low_income_share * sum(populations.population_count)) as bigint)
        as low_income_children_count,
    populations.mid_year = (select max(mid_year) from world.populations) as is_provisional
from world.populations
inner join share using (local_authority_code)
where populations.age_years < 16 and make_date(populations.mid_year, 6, 30) <= getvariable('as_known_on')
group by populations.local_authority_code, populations.mid_year, share.low_income_share
order by la_code, tax_year
