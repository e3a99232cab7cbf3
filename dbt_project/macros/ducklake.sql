{# What a DuckLake refuses in a contract: keys and checks. Names, types and not null are held there as
   in a file; keys and checks by the tests that stand beside them. #}
{% macro duckdb__get_table_columns_and_constraints() -%}
    {%- if not adapter.is_ducklake(this) -%}
        {{ return(table_columns_and_constraints()) }}
    {%- endif -%}
    {%- set columns = {} -%}
    {%- for name, column in model['columns'].items() -%}
        {%- do columns.update({name: dict(column, constraints=column['constraints']
            | selectattr('type', 'equalto', 'not_null') | list)}) -%}
    {%- endfor -%}
    ({{ adapter.render_raw_columns_constraints(raw_columns=columns) | join(', ') }})
{%- endmacro %}
