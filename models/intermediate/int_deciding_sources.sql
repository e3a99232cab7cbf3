{% set first_day = "cast('0001-01-01' as date)" %}

with precedence as (
    select * from {{ ref('source_precedence') }}
    where not rows_all
),

looking as (
    select
        precedence.table_name,
        precedence.part,
        precedence.record_source,
        precedence.closed_year_order,
        precedence.open_year_order,
        precedence.looks_at,
        coverage.local_authority_code,
        coverage.return_year,
        coalesce(coverage.covered_from, {{ first_day }}) as looks_from,
        {{ day_after('coverage.covered_to') }} as looks_until
    from precedence
    inner join {{ ref('int_source_coverage') }} as coverage
        on precedence.source_extract = coverage.source_extract
    left join {{ ref('asked_since') }} as asked
        on precedence.table_name = asked.table_name
        and precedence.record_source = asked.record_source
    -- A return says nothing of what it did not ask for yet.
    where coalesce(coverage.return_year >= asked.first_return_year, true)
),

edges as (
    select table_name, part, local_authority_code, {{ first_day }} as days_from from looking
    union
    select table_name, part, local_authority_code, looks_from from looking
    union
    select table_name, part, local_authority_code, looks_until from looking
),

-- All days there are, cut wherever a source begins or ends to look.
spans as (
    select
        *,
        lead(days_from, 1, cast('9999-12-31' as date)) over (
            partition by table_name, part, local_authority_code order by days_from
        ) as days_until
    from edges
),

states as (
    select
        spans.table_name,
        spans.part,
        spans.local_authority_code,
        spans.days_from,
        spans.days_until,
        count(looking.return_year) > 0 as is_closed_year
    from spans
    left join looking
        on spans.table_name = looking.table_name
        and spans.part = looking.part
        and spans.local_authority_code = looking.local_authority_code
        and spans.days_from >= looking.looks_from
        and spans.days_from < looking.looks_until
    group by all
),

ordered as (
    select
        states.*,
        looking.record_source,
        looking.looks_at,
        case when states.is_closed_year then looking.closed_year_order
            else looking.open_year_order
        end as source_order
    from states
    left join looking
        on states.table_name = looking.table_name
        and states.part = looking.part
        and states.local_authority_code = looking.local_authority_code
        and states.days_from >= looking.looks_from
        and states.days_from < looking.looks_until
),

deciding as (
    select
        table_name,
        part,
        local_authority_code,
        days_from,
        days_until,
        is_closed_year,
        min(source_order) filter (where looks_at = 'everyone') as deciding_order,
        min_by(record_source, source_order) filter (where looks_at = 'everyone')
            as deciding_source,
        min(source_order) filter (where looks_at = 'its_children') as children_order,
        min_by(record_source, source_order) filter (where looks_at = 'its_children')
            as children_source
    from ordered
    group by all
),

own_orders as (
    select distinct table_name, part, record_source, closed_year_order, open_year_order
    from precedence
)

select
    deciding.table_name,
    deciding.part,
    deciding.local_authority_code,
    deciding.days_from,
    deciding.days_until,
    own_orders.record_source,
    own_orders.closed_year_order,
    own_orders.open_year_order,
    deciding.is_closed_year,
    deciding.deciding_source,
    deciding.deciding_order,
    -- Only where it comes before the one that looks at everybody.
    case when deciding.children_order < coalesce(deciding.deciding_order, 99)
        then deciding.children_source
    end as children_source,
    case when deciding.children_order < coalesce(deciding.deciding_order, 99)
        then deciding.children_order
    end as children_order
from deciding
inner join own_orders
    on deciding.table_name = own_orders.table_name
    and deciding.part = own_orders.part
