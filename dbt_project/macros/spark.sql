{# What dbt writes around a model, in the words of Spark. On DuckDB none of this is called. #}

{# A text of any length is called string there, in tables and views, contracts and seeds. #}
{% macro spark_words(sql) -%}
    {{ return(modules.re.sub('(?i)\\bvarchar\\b', 'string', sql)) }}
{%- endmacro %}

{# As dbt-spark has it, for Parquet and without properties; a contract is held by name and type. #}
{% macro spark__create_table_as(temporary, relation, compiled_code, language='sql') -%}
    {%- set query = spark_words(compiled_code) -%}
    create table {{ relation }}
    {%- if config.get('contract').enforced -%}
        {{ get_assert_columns_equivalent(query) }}
        {%- set query = get_select_subquery(query) %}
    {%- endif %}
    using parquet
    as
    {{ query }}
{%- endmacro %}

{% macro spark__create_view_as(relation, sql) -%}
    create or replace view {{ relation }} as
    {{ spark_words(sql) }}
{%- endmacro %}

{% macro spark__get_empty_schema_sql(columns) -%}
    {{ spark_words(default__get_empty_schema_sql(columns)) }}
{%- endmacro %}

{# What tables mean is described where people read them, in the published DuckDB files. #}
{% macro spark__persist_docs(relation, model, for_relation, for_columns) -%}{%- endmacro %}
