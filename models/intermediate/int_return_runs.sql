with returns as (
    select
        local_authority_code,
        source_extract,
        covered_from,
        covered_to,
        return_year - row_number() over (
            partition by local_authority_code, source_extract order by return_year
        ) as run
    from {{ ref('int_source_coverage') }}
    where return_year is not null
)

select
    local_authority_code,
    source_extract,
    run,
    min(covered_from) as run_from,
    max(covered_to) as run_to
from returns
group by local_authority_code, source_extract, run
