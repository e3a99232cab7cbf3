{# The case model: one table per thing, whichever sources an authority has.

   How a table is made, and what to copy to add one:

   1. `case_model/tables_<subject>.sql` names its natural key, columns and types;
      `seeds/case_model/source_precedence.csv` says which source is believed first in closed and
      open years and which extract says where it looks.
   2. `int_<table>_reported` stacks what each source says, every natural key once per source (the
      newest statement of it), in the table's own columns, and judges it:

          with stated as (
              select {{ stated_columns('things', 'ssd', [<columns the source holds>]) }}
              from {{ newest_records('ssd__thing', ['thing_date']) }} as newest
              union all ...
          )

          select * from {{ judged_rows('things', 'stated') }}

   3. `int_<table>` is `{{ chosen_records('things') }}`: one row per natural key, with what only
      this project can add (spells, groups, flags, ids of other tables).

   The rules, of specs/canonical_model.yml:

   - A row is placed in the year of its first day. A spell that was under way when the first
     loaded return begins is placed on that return's first day, because the return holds it; a row
     of a return is never placed before the year of that return. A row without a date (a child, a
     disability) is placed on the as-at date.
   - In a closed year (a return of the table is loaded) the sources stand in their closed-year
     order, else in their open-year order. The first that looks at the day decides which rows
     exist; a row it does not hold is left out, and counted in int_source_differences. Where no
     source before it looks (another period, another group of children), a row of any source
     stands.
   - Each column takes the first filled value in that order, or of the source it prefers; a code
     for "not known" never beats a real one. Different later values are counted, never averaged.
   - An extract without a loaded row looks nowhere: not supplied is never no activity. #}

{# Every table with its natural key (column: type), the first and last day of a row where it has
   them (`starts`, `ends`), the column that tells its parts from one another (`part`), the columns
   it compares between sources (`columns`), those it takes over without comparing (`carried`), the
   code sets in which a code may mean "not known" (`not_stated`: column: code set), and the sources
   whose word counts first for a column (`prefer`: column: source). #}
{% macro case_tables() -%}
    {%- set tables = {} -%}
    {%- do tables.update(tables_of_support()) -%}
    {%- do tables.update(tables_of_care()) -%}
    {{ return(tables) }}
{%- endmacro %}

{% macro case_columns(table) -%}
    {%- set of = case_tables()[table] -%}
    {%- set columns = {} -%}
    {%- do columns.update(of.key) -%}
    {%- do columns.update(of.columns) -%}
    {%- do columns.update(of.get('carried', {})) -%}
    {{ return(columns) }}
{%- endmacro %}

{# One source's statement in the columns of the table, for a select from rows called `newest`:
   those it holds under the same name, those that are made (column: expression), and nothing in
   the rest. #}
{% macro stated_columns(table, record_source, held, made={}) -%}
    newest.local_authority_code,
    {%- for column, type in case_columns(table).items() %}
    cast({{ made[column] if column in made
        else ('newest.' ~ column if column in held else 'null') }} as {{ type }}) as {{ column }},
    {%- endfor %}
    '{{ record_source }}' as record_source,
    {{ 'newest.return_year' if record_source in ['ssda903', 'cin_census', 'csww']
        else 'cast(null as integer)' }} as last_return_year,
    newest._file_sha256,
    newest._row_number
{%- endmacro %}

{# The year ending 31 March in which a day lies. #}
{% macro reporting_year(day) -%}
    (year({{ day }}) + case when month({{ day }}) >= 4 then 1 else 0 end)
{%- endmacro %}

{# The stated rows of every source with what becomes of them: the year they are placed in, the
   source that decides there, and whether they are left out. Every key is judged as a whole. #}
{% macro judged_rows(table, stated) -%}
{%- set of = case_tables()[table] -%}
{%- set as_at = as_at_date() -%}
{%- set same_key = 'partition by local_authority_code, ' ~ of.key | join(', ') -%}
{%- set rank = '(case when is_closed then 0 else 100 end + deciding_order)' -%}
    (
        select
            local_authority_code,
            {%- for column in case_columns(table) %}
            {{ column }},
            {%- endfor %}
            record_source,
            last_return_year,
            {{ reporting_year('placed_on') }} as reporting_year,
            is_closed_year,
            source_order,
            source_count,
            deciding_source,
            not coalesce(
                bool_or(record_source = deciding_source) over ({{ same_key }}), true
            ) as is_left_out,
            _file_sha256,
            _row_number
        from (
            select
                *,
                bool_or(is_closed) over ({{ same_key }}) as is_closed_year,
                case
                    when bool_or(is_closed) over ({{ same_key }}) then closed_year_order
                    else open_year_order
                end as source_order,
                count(*) over ({{ same_key }}) as source_count,
                min_by(row_deciding_source, {{ rank }}) over ({{ same_key }}) as deciding_source
            from (
                select
                    placed.*,
                    coalesce(turns.is_closed_year, false) as is_closed,
                    coalesce(turns.closed_year_order, 99) as closed_year_order,
                    coalesce(turns.open_year_order, 99) as open_year_order,
                    case when held.child_id is not null then turns.children_source
                        else turns.deciding_source
                    end as row_deciding_source,
                    case when held.child_id is not null then turns.children_order
                        else turns.deciding_order
                    end as deciding_order
                from (
                    select
                        stated.*,
                        {{ of.get('part', "'all'") }} as part,
                        greatest(
                            {% if of.starts is defined -%}
                            case
                                when stated.{{ of.starts }} < closed.first_day
                                    {%- if of.ends is defined %}
                                    and coalesce(stated.{{ of.ends }} > closed.first_day, true)
                                    then closed.first_day
                                    {%- else %}
                                    then stated.{{ of.starts }}
                                    {%- endif %}
                                else coalesce(stated.{{ of.starts }}, {{ as_at }})
                            end,
                            {%- else -%}
                            {#- A return speaks of its own year, anything else of today. -#}
                            case when stated.last_return_year is null then {{ as_at }} end,
                            {%- endif %}
                            make_date(stated.last_return_year - 1, 4, 1)
                        ) as placed_on
                    from {{ stated }} as stated
                    left join (
                        select local_authority_code, min(days_from) as first_day
                        from {{ ref('int_deciding_sources') }}
                        where table_name = '{{ table }}' and is_closed_year
                        group by local_authority_code
                    ) as closed
                        on stated.local_authority_code = closed.local_authority_code
                ) as placed
                left join {{ ref('int_deciding_sources') }} as turns
                    on turns.table_name = '{{ table }}'
                    and placed.part = turns.part
                    and placed.local_authority_code = turns.local_authority_code
                    and placed.record_source = turns.record_source
                    and placed.placed_on >= turns.days_from
                    and placed.placed_on < turns.days_until
                left join {{ ref('int_returned_children') }} as held
                    on turns.children_source = held.record_source
                    and placed.local_authority_code = held.local_authority_code
                    and placed.child_id = held.child_id
                    and {{ reporting_year('placed.placed_on') }} = held.return_year
            ) as turned
        ) as ranked
    )
{%- endmacro %}

{# A value, or null where it is a code that says that nobody knows. #}
{% macro known_value(of, column) -%}
    {%- if column in of.get('not_stated', {}) -%}
    case
        when {{ column }} not in (
            select code from {{ ref('not_stated_codes') }}
            where code_set = '{{ of.not_stated[column] }}'
        ) then {{ column }}
    end
    {%- else -%}
    {{ column }}
    {%- endif -%}
{%- endmacro %}

{# The place of a row in the order of one column: nowhere without a value; last with a code that
   says that nobody knows. #}
{% macro column_order(of, column) -%}
    {%- set order = "case when record_source = '" ~ of.prefer[column] ~ "' then 0 else source_order end"
        if column in of.get('prefer', {}) else 'source_order' -%}
    case
        when {{ column }} is null then null
        {%- if column in of.get('not_stated', {}) %}
        when {{ column }} in (
            select code from {{ ref('not_stated_codes') }}
            where code_set = '{{ of.not_stated[column] }}'
        ) then 100 + {{ order }}
        {%- endif %}
        else {{ order }}
    end
{%- endmacro %}

{# One row per natural key: which source's row is used (record_source, with its file and line),
   which hold it, each column from the first that has it, and in how many columns they differ. #}
{% macro chosen_records(table) -%}
{%- set of = case_tables()[table] -%}
    (
        select
            local_authority_code,
            {%- for column in of.key %}
            {{ column }},
            {%- endfor %}
            {%- for column in case_columns(table) if column not in of.key %}
            min_by({{ column }}, {{ column }}__order)
                filter (where {{ column }} is not null) as {{ column }},
            {%- endfor %}
            min_by(record_source, source_order) as record_source,
            {{ join_codes('record_source') }} as held_by_sources,
            {% for column in of.columns -%}
            case when min({{ column }}__known) <> max({{ column }}__known) then 1 else 0 end
            {{- ' + ' if not loop.last }}
            {%- else -%}
            0
            {%- endfor %} as conflict_count,
            max(last_return_year) as last_return_year,
            min_by(_file_sha256, source_order) as _file_sha256,
            min_by(_row_number, source_order) as _row_number
        from (
            select
                *
                {%- for column in case_columns(table) if column not in of.key %},
                {{ column_order(of, column) }} as {{ column }}__order
                {%- if column in of.columns %},
                {{ known_value(of, column) }} as {{ column }}__known
                {%- endif %}
                {%- endfor %}
            from {{ ref('int_' ~ table ~ '_reported') }}
            where not is_left_out
        ) as ordered
        group by local_authority_code
            {%- for column in of.key %}, {{ column }}{% endfor %}
    )
{%- endmacro %}

{# What the sources of one table say differently, and the rows that were left out, counted. #}
{% macro counted_differences(table) -%}
{%- set of = case_tables()[table] -%}
{%- set same_key = 'partition by local_authority_code, ' ~ of.key | join(', ') -%}
{%- set differing = [] -%}
{%- for column in of.columns -%}
    {%- do differing.append(
        'case when ' ~ column ~ '__known <> min_by(' ~ column ~ '__known, ' ~ column
        ~ "__order) over same_key then '" ~ column ~ "|' || min_by(record_source, " ~ column
        ~ '__order) over same_key end'
    ) -%}
{%- endfor -%}
    select
        local_authority_code,
        '{{ table }}' as table_name,
        reporting_year,
        'row left out' as difference,
        deciding_source as source_kept,
        record_source as source_set_aside,
        count(*) as row_count
    from {{ ref('int_' ~ table ~ '_reported') }}
    where is_left_out
    group by all
    {%- if differing %}
    union all
    select
        local_authority_code,
        '{{ table }}' as table_name,
        reporting_year,
        split_part(differing, '|', 1) as difference,
        split_part(differing, '|', 2) as source_kept,
        record_source as source_set_aside,
        count(*) as row_count
    from (
        select
            local_authority_code,
            reporting_year,
            record_source,
            {{ row_for_each('all_differing') }} as differing
        from (
            select
                *,
                {{ list_of(differing) }} as all_differing
            from (
                select
                    *
                    {%- for column in of.columns %},
                    {{ known_value(of, column) }} as {{ column }}__known,
                    case
                        when {{ known_value(of, column) }} is not null
                            then {{ column_order(of, column) }}
                    end as {{ column }}__order
                    {%- endfor %}
                from {{ ref('int_' ~ table ~ '_reported') }}
                where not is_left_out and source_count > 1
            ) as paired
            window same_key as ({{ same_key }})
        ) as held_together
    ) as compared
    where differing is not null
    group by all
    {%- endif %}
{%- endmacro %}

{# How many rows each source states, how many of them another source states as well, and how many
   began in the last whole month and in the same month a year before. For a select that has the two
   months as `months`. #}
{% macro counted_volumes(table) -%}
{%- set of = case_tables()[table] -%}
    select
        reported.local_authority_code,
        '{{ table }}' as table_name,
        reported.record_source,
        reported.reporting_year,
        count(*) as row_count,
        count(*) filter (where reported.source_count > 1) as compared_row_count,
        bool_and(reported.last_return_year is not null) as is_of_returns,
        {%- for name in ['last_month', 'year_before'] %}
        {% if of.starts is defined -%}
        count(*) filter (
            where reported.{{ of.starts }} >= months.{{ name }}_start
            and reported.{{ of.starts }} <= months.{{ name }}_end
        )
        {%- else -%}
        cast(null as bigint)
        {%- endif %} as {{ name }}_row_count{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_' ~ table ~ '_reported') }} as reported
    cross join months
    group by all
{%- endmacro %}
