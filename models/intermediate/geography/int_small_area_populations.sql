select
    areas.local_authority_code,
    estimates.area_code as small_area_code,
    -- A year ending 31 March is read with the mid-year estimate of the calendar year before.
    estimates.mid_year + 1 as reporting_year,
    estimates.population_count,
    estimates._file_sha256,
    estimates._row_number
from {{ ref('stg_reference__population') }} as estimates
inner join {{ ref('int_small_areas') }} as areas on estimates.area_code = areas.small_area_code
where
    estimates.area_level_code = 'small_area'
    and estimates.age_band = '0-17'
    and estimates.population_count is not null
-- The same estimate in two files: the later line counts.
qualify row_number() over (
    partition by estimates.area_code, estimates.mid_year
    order by estimates._file_sha256 desc, estimates._row_number desc
) = 1
