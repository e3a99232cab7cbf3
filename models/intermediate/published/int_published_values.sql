with readings as (
    select * from {{ ref('int_published_readings') }}
    where is_clear
),

indicators as (
    select * from {{ ref('published_indicators') }}
),

-- A release restates earlier years, and the newest counts: the day it was made where that is
-- known, else the file that goes further, else the later name.
files as (
    select
        lines._file_sha256,
        max(lines.period_year) as newest_period_year,
        max(names.file_name) as file_name
    from {{ ref('int_published_lines') }} as lines
    inner join {{ source('quality', 'extract_files') }} as names
        on lines._file_sha256 = names.file_sha256
    group by lines._file_sha256
),

newest as (
    select
        readings.*,
        readings.period_year + indicators.years_later as reporting_year,
        cast(readings.period_year || '-' || indicators.year_ends as date) as period_end_date
    from readings
    inner join indicators
        on readings.published_indicator_id = indicators.published_indicator_id
    inner join files
        on readings._file_sha256 = files._file_sha256
    qualify row_number() over (
        partition by
            readings.published_indicator_id, readings.area_type_code, readings.area_code,
            readings.period_year
        order by
            readings.exported_date desc nulls last,
            files.newest_period_year desc,
            files.file_name desc,
            readings._file_sha256 asc
    ) = 1
),

divided as (
    select
        newest.*,
        indicators.per,
        case
            when indicators.denominator_indicator_id is null then newest.denominator
            else divisors.value
        end as divisor
    from newest
    inner join indicators
        on newest.published_indicator_id = indicators.published_indicator_id
    left join newest as divisors
        on indicators.denominator_indicator_id = divisors.published_indicator_id
        and newest.area_type_code = divisors.area_type_code
        and newest.area_code = divisors.area_code
        and newest.reporting_year = divisors.reporting_year
)

select
    published_indicator_id,
    area_type_code,
    area_code,
    local_authority_code,
    reporting_year,
    time_period,
    period_end_date,
    value,
    value_symbol_code,
    value_status_code,
    count_number,
    count_status_code,
    divisor as denominator,
    per * count_number / nullif(divisor, 0) as exact_value,
    exported_date,
    _file_sha256,
    _row_number
from divided
