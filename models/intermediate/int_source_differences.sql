with counted as (
    {% for table in case_tables() %}
    {{ counted_differences(table) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    local_authority_code,
    table_name,
    reporting_year,
    difference,
    source_kept,
    source_set_aside,
    cast(row_count as bigint) as row_count
from counted
