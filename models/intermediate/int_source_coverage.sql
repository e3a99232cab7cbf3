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
        coalesce(files.exported_date, {{ as_at_date() }}) as reached_date,
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

-- Published tables are of the years, or of the places, that they have a line for.
published_years as (
    select
        area_code as local_authority_code,
        'ref_benchmark' as source_extract,
        -- The school year that ends in the summer of the reporting year.
        try_cast(left(time_period, 4) as integer)
        + case when time_identifier_code = 'Academic year' then 2 else 0 end as return_year
    from {{ ref('stg_reference__benchmark') }}
    where geographic_level_code = 'Local authority'
    union
    select
        local_authority_code,
        'ref_low_income_families' as source_extract,
        -- Of a tax year the figures come out in the March after it.
        tax_year + 1 as return_year
    from {{ ref('stg_reference__low_income_families') }}
    where low_income_children_count is not null
),

published_places as (
    select distinct
        local_authority_code,
        'ref_postcodes' as source_extract
    from {{ ref('int_small_areas') }}
    union
    select
        areas.local_authority_code,
        'ref_deprivation' as source_extract
    from {{ ref('int_small_areas') }} as areas
    inner join {{ ref('int_deprivation') }} as deprivation
        on areas.small_area_code = deprivation.small_area_code
),

published as (
    select
        local_authority_code,
        source_extract,
        'reference' as source_id,
        return_year,
        make_date(return_year - 1, 4, 1) as covered_from,
        make_date(return_year, 3, 31) as covered_to,
        1 as row_count,
        1 as sound_row_count
    from published_years
    where return_year is not null
    union all
    select
        local_authority_code,
        source_extract,
        'reference' as source_id,
        cast(null as integer) as return_year,
        -- They speak of any day.
        cast('0001-01-01' as date) as covered_from,
        {{ as_at_date() }} as covered_to,
        1 as row_count,
        1 as sound_row_count
    from published_places
),

senders as (
    select distinct local_authority_code from landed
),

-- Of an authority that sent nothing itself nothing is measured.
of_senders as (
    select published.*
    from published
    inner join senders
        on published.local_authority_code = senders.local_authority_code
),

sources as (
    select * from landed
    union all
    select * from populations
    union all
    select * from of_senders
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
