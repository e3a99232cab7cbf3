with last_month as (
    select
        period_start,
        period_end
    from {{ ref('periods') }}
    where period_type = 'month' and period_end <= {{ as_at_date() }}
    qualify row_number() over (order by period_end desc) = 1
),

months as (
    select
        last_month.period_start as last_month_start,
        last_month.period_end as last_month_end,
        earlier.period_start as year_before_start,
        earlier.period_end as year_before_end
    from last_month
    left join {{ ref('periods') }} as earlier
        on earlier.period_type = 'month'
        and earlier.period_start = {{ years_before('last_month.period_start', 1) }}
),

counted as (
    {% for table in case_tables() %}
    {{ counted_volumes(table) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    local_authority_code,
    table_name,
    record_source,
    reporting_year,
    is_of_returns,
    cast(row_count as bigint) as row_count,
    cast(compared_row_count as bigint) as compared_row_count,
    cast(last_month_row_count as bigint) as last_month_row_count,
    cast(year_before_row_count as bigint) as year_before_row_count
from counted
