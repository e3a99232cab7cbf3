with senders as (
    select distinct local_authority_code from {{ ref('int_source_coverage') }}
    where source_id not in ('published', 'reference')
),

-- A source is there for a table where any of the extracts that feed the table is.
supplied as (
    select distinct
        coverage.local_authority_code,
        precedence.table_name,
        precedence.record_source
    from {{ ref('source_precedence') }} as precedence
    inner join {{ ref('int_source_coverage') }} as coverage
        on precedence.source_extract = coverage.source_extract
),

known as (
    select
        senders.local_authority_code,
        columns.table_name,
        columns.column_name,
        columns.record_source,
        supplied.record_source is not null as is_supplied
    from senders
    cross join {{ ref('column_sources') }} as columns
    left join supplied
        on senders.local_authority_code = supplied.local_authority_code
        and columns.table_name = supplied.table_name
        and columns.record_source = supplied.record_source
)

select
    local_authority_code,
    table_name,
    column_name,
    case
        when not bool_or(is_supplied) then 'not_supplied'
        when not bool_and(is_supplied) then 'in_part'
        else 'whole'
    end as supply_code,
    {{ join_codes('case when is_supplied then record_source end') }} as supplied_sources,
    {{ join_codes('case when not is_supplied then record_source end') }} as missing_sources
from known
group by local_authority_code, table_name, column_name
