with files as (
    select * from {{ source('quality', 'extract_files') }}
    where status = 'loaded'
),

returns as (
    select
        local_authority_code,
        -- The census is one source whose blocks come together; a looked-after file is its own.
        case family when 'cin_census' then 'cin_census' else replace(extract, '__', '_') end
            as source_extract,
        family as source_id,
        return_year,
        sum(rows_read) as row_count,
        sum(rows_loaded - rows_with_emptied_cells) as sound_row_count
    from files
    where return_year is not null
    group by all
    -- Headings without a row, or none that could be loaded: not supplied, never zero activity.
    having sum(rows_loaded) > 0
),

populations as (
    select
        local_authority_code,
        'ref_population' as source_extract,
        'published' as source_id,
        reporting_year as return_year,
        1 as row_count,
        1 as sound_row_count
    from {{ ref('int_populations') }}
),

sources as (
    select * from returns
    union all
    select * from populations
)

select
    local_authority_code,
    source_extract,
    source_id,
    return_year,
    make_date(return_year - 1, 4, 1) as covered_from,
    make_date(return_year, 3, 31) as covered_to,
    row_count,
    -- METHODS 10.3, without grade A: nothing is reconciled across sources yet.
    case
        when sound_row_count >= 0.90 * row_count then 'B'
        when sound_row_count >= 0.75 * row_count then 'C'
        else 'D'
    end as dq_grade
from sources
