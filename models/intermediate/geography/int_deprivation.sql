with newest as (
    -- The same release in two files: the later line counts.
    select * from {{ ref('stg_reference__deprivation') }}
    qualify row_number() over (
        partition by small_area_code, release_year
        order by _file_sha256 desc, _row_number desc
    ) = 1
)

select
    small_area_code,
    release_year,
    -- The first release also speaks of the years before it.
    case
        when lag(release_year) over releases is null then cast('0001-01-01' as date)
        else make_date(release_year, 1, 1)
    end as valid_from,
    make_date(lead(release_year) over releases, 1, 1) as valid_until,
    deprivation_decile,
    deprivation_quintile
from newest
window releases as (partition by small_area_code order by release_year)
