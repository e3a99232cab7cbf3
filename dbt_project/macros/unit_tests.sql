{#
dbt writes each cell of a unit test's rows as a cast of its own and each row as a select of its own;
writing and reading them back took most of the time of the tests. Here a fixture is one list of
values under one select of casts. These two replace dbt's own of the same names.
#}
{% macro get_fixture_sql(rows, column_name_to_data_types) %}
    {%- set types = {} -%}
    {%- set quoted = {} -%}
    {%- for column in adapter.get_columns_in_relation(
        defer_relation if (defer_relation and not load_relation(this)) else this
    ) -%}
        {%- do types.update({column.name | lower: column.data_type}) -%}
        {%- do quoted.update({column.name | lower: column.quoted}) -%}
    {%- endfor -%}
    {%- if not types -%}
        {{ exceptions.raise_compiler_error(
            "The rows of a unit test are given for " ~ this ~ ", which has not been built: build what the model reads first."
        ) }}
    {%- endif -%}
    {{- fixture_values(rows, types, quoted, types.keys() | list, "'" ~ model.name ~ "'") -}}
{% endmacro %}


{% macro get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) %}
    {%- if rows -%}
        {{- fixture_values(
            rows, column_name_to_data_types, column_name_to_quoted,
            rows[0].keys() | map('lower') | list, "expected output"
        ) -}}
    {%- else -%}
        select * from dbt_internal_unit_test_actual limit 0
    {%- endif -%}
{% endmacro %}


{#
The rows as a select, one column per name in `names`; what a row does not name is null. A text that
the column's type cannot hold is DuckDB's error, a column that is not there is this one's.
#}
{% macro fixture_values(rows, types, quoted, names, fixture_name) %}
    {%- set given = [] -%}
    {%- for row in rows -%}
        {%- for name in row -%}
            {%- if name | lower not in types -%}
                {{ exceptions.raise_compiler_error(
                    "Invalid column name: '" ~ name ~ "' in unit test fixture for " ~ fixture_name
                    ~ ".\nAccepted columns for " ~ fixture_name ~ " are: " ~ (types.keys() | list)
                ) }}
            {%- endif -%}
            {%- if name not in given -%}{%- do given.append(name) -%}{%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set held = given | map('lower') | list -%}
    select
    {%- for name in names %} cast(
        {%- if name in held -%} given.{{ quoted[name] }} {%- else -%} null {%- endif %} as {{ types[name] }}) as {{ quoted[name] }}
        {%- if not loop.last -%}, {%- endif -%}
    {%- endfor %}
    from (
    {%- if given %} values
        {%- for row in rows -%}
            {%- set cells = [] -%}
            {%- for name in given -%}
                {%- set value = row.get(name) -%}
                {%- do cells.append("null" if value is none else "'" ~ (value | string | replace("'", "''")) ~ "'") -%}
            {%- endfor %} ({{ cells | join(", ") }}) {%- if not loop.last -%}, {%- endif -%}
        {%- endfor -%}
    ) as given ({% for name in held %}{{ quoted[name] }}{% if not loop.last %}, {% endif %}{% endfor %})
    {%- else %}select 1) as given limit {{ rows | length }}
    {%- endif -%}
{% endmacro %}
