with codes as (
    select * from {{ ref('local_authorities') }}
),

-- An authority may have had two nine-character codes: it existed under either.
spans as (
    select
        local_authority_code,
        max(local_authority_name) as local_authority_name,
        max(region_code) as region_code,
        max(region_name) as region_name,
        case when count(*) = count(valid_from) then min(valid_from) end as first_date,
        case when count(*) = count(valid_to) then max(valid_to) end as last_date
    from codes
    group by local_authority_code
),

-- Inner and Outer London are of the same group as London, which is one of the nine.
regions as (
    select
        parts.code as region_code,
        wholes.code as whole_region_code
    from {{ ref('codes') }} as parts
    inner join {{ ref('codes') }} as wholes
        on parts.code_set = wholes.code_set
        and parts.code_group = wholes.code_group
        and wholes.code like 'E12%'
    where parts.code_set = 'region'
)

select
    spans.local_authority_code,
    spans.local_authority_name,
    spans.region_code,
    spans.region_name,
    coalesce(regions.whole_region_code, spans.region_code) as whole_region_code,
    spans.first_date,
    spans.last_date,
    -- Authorities begin on 1 April and end on 31 March: their first and last whole years.
    year(spans.first_date) + 1 as first_reporting_year,
    year(spans.last_date) as last_reporting_year
from spans
left join regions
    on spans.region_code = regions.region_code
