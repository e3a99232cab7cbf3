select
    small_area_code,
    2025 as release_year,
    deprivation_rank,
    deprivation_decile,
    (deprivation_decile + 1) // 2 as deprivation_quintile
from world.small_areas
order by small_area_code
