with indicators as (
    select * from {{ ref('published_indicators') }}
),

files as (
    select
        file_sha256 as _file_sha256,
        max(file_name) as file_name
    from {{ source('quality', 'extract_files') }}
    where status = 'loaded' and family = 'published'
    group by file_sha256
),

filters as (
    select
        published_indicator_id,
        count(*) as label_count,
        count(denominator_value) > 0 as has_denominator_line
    from {{ ref('published_filters') }}
    group by published_indicator_id
),

needed as (
    select published_indicator_id, 'value' as used_for, value_column as column_name
    from indicators
    union all
    select published_indicator_id, 'count' as used_for, count_column as column_name
    from indicators
    union all
    select published_indicator_id, 'denominator' as used_for, denominator_column as column_name
    from indicators
    union all
    select published_indicator_id, 'second' as used_for, second_denominator_column as column_name
    from indicators
    union all
    select published_indicator_id, 'label' as used_for, filter_column as column_name
    from {{ ref('published_filters') }}
),

held as (
    select
        needed.published_indicator_id,
        files._file_sha256,
        needed.used_for,
        needed.column_name,
        headings.heading
    from needed
    inner join files
        on needed.column_name is not null
    left join {{ ref('int_published_headings') }} as headings
        on files._file_sha256 = headings._file_sha256
        and {{ heading_key('needed.column_name') }} = headings.heading_key
),

sources as (
    select
        published_indicator_id,
        _file_sha256,
        max(case when used_for = 'value' then heading end) as value_heading,
        max(case when used_for = 'count' then heading end) as count_heading,
        max(case when used_for = 'denominator' then heading end) as denominator_heading,
        max(case when used_for = 'second' then heading end) as second_denominator_heading,
        {{ join_codes("case when heading is null then column_name end") }} as columns_missing
    from held
    group by published_indicator_id, _file_sha256
),

named as (
    select
        sources.*,
        files.file_name,
        lower(files.file_name) like replace(indicators.file_name_pattern, '*', '%') as is_named,
        coalesce(filters.label_count, 0) as label_count,
        coalesce(filters.has_denominator_line, false) as has_denominator_line
    from sources
    inner join files
        on sources._file_sha256 = files._file_sha256
    inner join indicators
        on sources.published_indicator_id = indicators.published_indicator_id
    left join filters
        on sources.published_indicator_id = filters.published_indicator_id
)

select
    published_indicator_id,
    _file_sha256,
    file_name,
    is_named,
    coalesce(columns_missing, '') = '' as is_complete,
    nullif(columns_missing, '') as columns_missing,
    value_heading,
    count_heading,
    denominator_heading,
    second_denominator_heading,
    label_count,
    has_denominator_line
from named
-- Without labels the name alone tells a headline table from one that breaks it down.
where is_named or (coalesce(columns_missing, '') = '' and label_count > 0)
