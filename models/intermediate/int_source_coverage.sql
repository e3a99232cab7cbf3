with files as (
    select
        *,
        -- A census is one source whose blocks come together; any other file is its own.
        case when family in ('cin_census', 'csww') then family else replace(extract, '__', '_') end
            as source_extract
    from {{ source('quality', 'extract_files') }}
    where status = 'loaded'
),

windows as (
    select
        files.*,
        -- A system that does not say when it was exported is taken to be up to date.
        coalesce(files.exported_date, cast('{{ var("as_at_date") }}' as date)) as reached_date,
        windows.looks_back,
        windows.months_back,
        windows.year_ends_in
    from files
    inner join {{ ref('source_windows') }} as windows
        on files.family = windows.family
        and coalesce(windows.source_extract, files.source_extract) = files.source_extract
),

dated as (
    select
        local_authority_code,
        source_extract,
        family as source_id,
        rows_read,
        rows_loaded,
        rows_with_emptied_cells,
        case when looks_back = 'year' then return_year end as return_year,
        case
            when looks_back = 'year'
                then {{ day_after('last_day(make_date(return_year - 1, year_ends_in, 1))') }}
            when looks_back = 'months' then {{ months_before('reached_date', 'months_back') }}
        end as covered_from,
        case
            when looks_back = 'year' then last_day(make_date(return_year, year_ends_in, 1))
            else reached_date
        end as covered_to
    from windows
),

-- Several senders may fill one extract: it reaches as far as the latest of them.
reached as (
    select
        dated.*,
        case
            when covered_from is null
                then max(covered_to) over (partition by local_authority_code, source_extract)
            else covered_to
        end as reaches_to
    from dated
),

landed as (
    select
        local_authority_code,
        source_extract,
        source_id,
        return_year,
        covered_from,
        reaches_to as covered_to,
        sum(rows_read) as row_count,
        sum(rows_loaded - rows_with_emptied_cells) as sound_row_count
    from reached
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
        make_date(reporting_year - 1, 4, 1) as covered_from,
        make_date(reporting_year, 3, 31) as covered_to,
        1 as row_count,
        1 as sound_row_count
    from {{ ref('int_populations') }}
),

sources as (
    select * from landed
    union all
    select * from populations
)

select
    local_authority_code,
    source_extract,
    source_id,
    return_year,
    covered_from,
    covered_to,
    row_count,
    sound_row_count
from sources
