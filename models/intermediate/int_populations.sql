with estimates as (
    select
        old_la_code as local_authority_code,
        -- A year ending 31 March is read with the mid-year estimate of the calendar year before.
        time_period + 1 as reporting_year,
        population_count,
        _file_sha256,
        _row_number
    from {{ ref('stg_published__population_estimates') }}
    where
        lower(geographic_level) = 'local authority'
        and age_group = 'Children aged 0 to 17 years'
        and population_count is not null
)

select * from estimates
-- The same estimate in two files: either will do, as long as it is always the same one.
qualify row_number() over (
    partition by local_authority_code, reporting_year
    order by _file_sha256 asc, _row_number desc
) = 1
