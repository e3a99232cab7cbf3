with sources as (
    select * from {{ ref('int_published_sources') }}
),

lines as (
    select * from {{ ref('int_published_lines') }}
),

indicators as (
    select * from {{ ref('published_indicators') }}
),

found as (
    select
        published_indicator_id,
        _file_sha256,
        count(*) as figure_count,
        max(period_year) as last_period_year,
        max(case when not is_clear then 1 else 0 end) = 1 as is_ambiguous
    from {{ ref('int_published_readings') }}
    group by published_indicator_id, _file_sha256
),

files as (
    select
        _file_sha256,
        max(period_year) as newest_period_year
    from lines
    group by _file_sha256
),

-- Labels that stand in no line of a file named for the indicator: the department renames them.
labels as (
    select
        sources.published_indicator_id,
        sources._file_sha256,
        filters.filter_column,
        filters.filter_value,
        headings.heading
    from sources
    inner join {{ ref('published_filters') }} as filters
        on sources.published_indicator_id = filters.published_indicator_id
    inner join {{ ref('int_published_headings') }} as headings
        on sources._file_sha256 = headings._file_sha256
        and {{ heading_key('filters.filter_column') }} = headings.heading_key
    where sources.is_named
),

labels_met as (
    select
        labels.published_indicator_id,
        labels._file_sha256,
        labels.filter_column,
        labels.filter_value,
        max(
            case
                when lower(trim(lines.cells[labels.heading])) = lower(labels.filter_value) then 1
                else 0
            end
        ) = 1 as is_met
    from labels
    left join lines
        on labels._file_sha256 = lines._file_sha256
    group by
        labels.published_indicator_id, labels._file_sha256, labels.filter_column,
        labels.filter_value
),

missing as (
    select
        published_indicator_id,
        _file_sha256,
        {{ join_codes("filter_column || ' = ' || filter_value") }} as labels_missing
    from labels_met
    where not is_met
    group by published_indicator_id, _file_sha256
),

judged as (
    select
        sources.published_indicator_id,
        sources._file_sha256,
        sources.file_name,
        case
            when not sources.is_complete then 'column_missing'
            when missing.labels_missing is not null then 'label_missing'
            when found.figure_count is null then 'no_figure'
            when found.is_ambiguous then 'ambiguous'
            when found.last_period_year < files.newest_period_year then 'ends_early'
            else 'read'
        end as status_code,
        coalesce(
            sources.columns_missing,
            missing.labels_missing,
            case
                when found.last_period_year < files.newest_period_year
                    then 'last period ' || found.last_period_year
            end
        ) as what_is_missing,
        coalesce(found.figure_count, 0) as figure_count
    from sources
    left join found
        on sources.published_indicator_id = found.published_indicator_id
        and sources._file_sha256 = found._file_sha256
    left join missing
        on sources.published_indicator_id = missing.published_indicator_id
        and sources._file_sha256 = missing._file_sha256
    left join files
        on sources._file_sha256 = files._file_sha256
    -- Other tables have the same headings: only one with the labels is taken for this one.
    where sources.is_named or found.figure_count is not null
)

select
    indicators.published_indicator_id,
    coalesce(judged.file_name, '') as file_name,
    coalesce(judged.status_code, 'not_supplied') as status_code,
    judged.what_is_missing,
    coalesce(judged.figure_count, 0) as figure_count,
    judged._file_sha256
from indicators
left join judged
    on indicators.published_indicator_id = judged.published_indicator_id
