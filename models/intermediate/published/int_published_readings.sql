with lines as (
    select * from {{ ref('int_published_lines') }}
),

indicators as (
    select * from {{ ref('published_indicators') }}
),

sources as (
    select * from {{ ref('int_published_sources') }}
    where is_complete
),

-- The line of a figure and, where another line has it, that of what its count is divided by.
wanted as (
    select published_indicator_id, _file_sha256, label_count, 'figure' as line_kind
    from sources
    union all
    select published_indicator_id, _file_sha256, label_count, 'denominator' as line_kind
    from sources
    where has_denominator_line
),

labels as (
    select
        wanted.published_indicator_id,
        wanted._file_sha256,
        wanted.line_kind,
        wanted.label_count,
        headings.heading,
        lower(
            case wanted.line_kind
                when 'denominator' then coalesce(filters.denominator_value, filters.filter_value)
                else filters.filter_value
            end
        ) as label
    from wanted
    inner join {{ ref('published_filters') }} as filters
        on wanted.published_indicator_id = filters.published_indicator_id
    inner join {{ ref('int_published_headings') }} as headings
        on wanted._file_sha256 = headings._file_sha256
        and {{ heading_key('filters.filter_column') }} = headings.heading_key
),

label_headings as (
    select distinct
        _file_sha256,
        heading
    from labels
),

label_cells as (
    select
        lines._file_sha256,
        lines._row_number,
        label_headings.heading,
        lower(trim(lines.cells[label_headings.heading])) as label
    from lines
    inner join label_headings
        on lines._file_sha256 = label_headings._file_sha256
),

labelled as (
    select
        labels.published_indicator_id,
        labels.line_kind,
        labels._file_sha256,
        label_cells._row_number
    from labels
    inner join label_cells
        on labels._file_sha256 = label_cells._file_sha256
        and labels.heading = label_cells.heading
        and labels.label = label_cells.label
    group by
        labels.published_indicator_id, labels.line_kind, labels._file_sha256,
        label_cells._row_number
    having count(*) = max(labels.label_count)
),

unlabelled as (
    select
        wanted.published_indicator_id,
        wanted.line_kind,
        wanted._file_sha256,
        lines._row_number
    from wanted
    inner join lines
        on wanted._file_sha256 = lines._file_sha256
    where wanted.label_count = 0
),

fitting as (
    select * from labelled
    union all
    select * from unlabelled
),

cells as (
    select
        fitting.published_indicator_id,
        fitting.line_kind,
        lines.area_type_code,
        lines.area_code,
        lines.local_authority_code,
        lines.time_period,
        lines.period_year,
        lines.exported_date,
        indicators.unit,
        lower(trim(lines.cells[sources.value_heading])) as value_text,
        lower(trim(lines.cells[sources.count_heading])) as count_text,
        trim(lines.cells[sources.denominator_heading]) as denominator_text,
        trim(lines.cells[sources.second_denominator_heading]) as second_denominator_text,
        sources.second_denominator_heading is not null as has_second_denominator,
        lines._file_sha256,
        lines._row_number
    from fitting
    inner join lines
        on fitting._file_sha256 = lines._file_sha256
        and fitting._row_number = lines._row_number
    inner join sources
        on fitting.published_indicator_id = sources.published_indicator_id
        and fitting._file_sha256 = sources._file_sha256
    inner join indicators
        on fitting.published_indicator_id = indicators.published_indicator_id
        and lower(lines.time_identifier) = lower(indicators.time_identifier)
),

numbers as (
    select
        cells.*,
        {{ published_number('value_text', 'unit') }} as value,
        {{ published_number('count_text') }} as count_number,
        {{ published_number('denominator_text') }}
        + case
            when has_second_denominator then {{ published_number('second_denominator_text') }}
            else 0
        end as denominator
    from cells
),

-- Where two lines of a file differ, nothing says which is meant.
figures as (
    select
        numbers.*,
        count(*) over area = 1 or (
            min(value_text) over area = max(value_text) over area
            and coalesce(min(count_text) over area, '') = coalesce(max(count_text) over area, '')
        ) as is_clear
    from numbers
    where line_kind = 'figure' and value_text is not null
    window area as (
        partition by
            published_indicator_id, _file_sha256, area_type_code, area_code, period_year
    )
),

divisors as (
    select
        published_indicator_id,
        _file_sha256,
        area_type_code,
        area_code,
        period_year,
        case when min(count_number) = max(count_number) then max(count_number) end as denominator
    from numbers
    where line_kind = 'denominator'
    group by published_indicator_id, _file_sha256, area_type_code, area_code, period_year
),

-- With brackets or without, a symbol is the same.
symbols as (
    select
        translate(code, '[]', '') as symbol_code,
        min(code_group) as status_code
    from {{ ref('codes') }}
    where code_set = 'ees_symbol'
    group by translate(code, '[]', '')
)

select
    figures.published_indicator_id,
    figures.area_type_code,
    figures.area_code,
    figures.local_authority_code,
    figures.time_period,
    figures.period_year,
    figures.is_clear,
    figures.value,
    case when figures.value is null then value_symbols.symbol_code end as value_symbol_code,
    case
        when figures.value is not null then 'published'
        else coalesce(value_symbols.status_code, 'unknown_symbol')
    end as value_status_code,
    figures.count_number,
    case
        when figures.count_number is not null then 'published'
        when figures.count_text is not null
            then coalesce(count_symbols.status_code, 'unknown_symbol')
    end as count_status_code,
    case
        when sources.has_denominator_line then divisors.denominator
        else
            figures.denominator * case
                -- A year with a 29 February has one more.
                when indicators.denominator_days is null then 1
                when day(last_day(make_date(figures.period_year, 2, 1))) = 29
                    then indicators.denominator_days + 1
                else indicators.denominator_days
            end
    end as denominator,
    figures.exported_date,
    figures._file_sha256,
    figures._row_number
from figures
inner join sources
    on figures.published_indicator_id = sources.published_indicator_id
    and figures._file_sha256 = sources._file_sha256
inner join indicators
    on figures.published_indicator_id = indicators.published_indicator_id
left join divisors
    on figures.published_indicator_id = divisors.published_indicator_id
    and figures._file_sha256 = divisors._file_sha256
    and figures.area_type_code = divisors.area_type_code
    and figures.area_code = divisors.area_code
    and figures.period_year = divisors.period_year
left join symbols as value_symbols
    on translate(figures.value_text, '[]', '') = value_symbols.symbol_code
left join symbols as count_symbols
    on translate(figures.count_text, '[]', '') = count_symbols.symbol_code
-- The same figure on two lines of a file is one figure.
qualify row_number() over (
    partition by
        figures.published_indicator_id, figures._file_sha256, figures.area_type_code,
        figures.area_code, figures.period_year
    order by figures._row_number
) = 1
