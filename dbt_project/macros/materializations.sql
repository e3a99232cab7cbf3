{# How a model reaches the warehouse: made where it stands, in one transaction.

   Whoever reads meanwhile sees the model of before or the new one. dbt's own way, through a second
   name, two renames and a look at the catalogue for each, took longer than the queries themselves of
   a night with few rows. Of what dbt's own can do, grants, indexes, keys into other tables and the hooks
   that stand outside the transaction or after the model are left out: no model has any. #}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] -%}
    {%- set target = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks) }}
    {%- set is_python = model['language'] == 'python' -%}
    {# A model in Python writes through a connection of its own, which does not see what is not yet
       committed: its table comes under a name beside. #}
    {%- set made = make_intermediate_relation(target) if is_python else target -%}
    {%- if is_python -%}
        {%- do drop_before(load_cached_relation(made)) -%}
        {%- do adapter.commit() -%}
    {%- else -%}
        {%- do drop_before(load_cached_relation(target)) -%}
    {%- endif -%}
    {%- call statement('main', language=model['language']) -%}
        {{ create_table_as(False, made, compiled_code, model['language']) }}
    {%- endcall -%}
    {%- if is_python -%}
        {%- do drop_before(load_cached_relation(target)) -%}
        {%- do adapter.rename_relation(made, target) -%}
    {%- endif -%}
    {# A DuckLake of before 1.5.3 takes no comment on a table of the same transaction. #}
    {%- set comments_later = adapter.use_ducklake_table_workarounds(target) -%}
    {%- if not comments_later -%}{%- do comment_on(target) -%}{%- endif -%}
    {%- do adapter.commit() -%}
    {%- if comments_later -%}{%- do comment_on(target) -%}{%- endif -%}
    {{ return({'relations': [target]}) }}
{%- endmaterialization %}

{% materialization view, adapter='duckdb' -%}
    {%- set target = this.incorporate(type='view') -%}
    {{ run_hooks(pre_hooks) }}
    {%- do drop_before(load_cached_relation(this)) -%}
    {%- call statement('main') -%}
        {{ get_create_view_as_sql(target, sql) }}
    {%- endcall -%}
    {%- do comment_on(target) -%}
    {%- do adapter.commit() -%}
    {{ return({'relations': [target]}) }}
{%- endmaterialization %}

{# A seed is read by DuckDB alone, each column by the type that its properties declare. dbt's own reads
   every file twice in Python before, to guess types that are all declared. #}
{% materialization seed, adapter='duckdb' -%}
    {%- set target = this.incorporate(type='table') -%}
    {# What dbt would show of it under `--show`. #}
    {%- do store_result('agate_table', response='OK') -%}
    {%- do drop_before(load_cached_relation(this)) -%}
    {%- call statement('main') -%}
        create table {{ target }} as
        select *
        from read_csv(
            {{ dbt.string_literal(dbt.escape_single_quotes(adapter.get_seed_file_path(model))) }},
            header = true, delim = ',', quote = '"', escape = '"',
            types = {
                {%- for column, type in config.get('column_types', {}).items() %}
                    '{{ column }}': '{{ type }}'{{ ',' if not loop.last }}
                {%- endfor %}
            }
        )
    {%- endcall -%}
    {%- do comment_on(target) -%}
    {%- do adapter.commit() -%}
    {{ return({'relations': [target]}) }}
{%- endmaterialization %}

{% macro drop_before(existing) -%}
    {%- do adapter.ensure_transaction() -%}
    {%- if existing is not none -%}{%- do adapter.drop_relation(existing) -%}{%- endif -%}
{%- endmacro %}

{# What a table and its columns mean, in one statement; a described column that is not there is an error. #}
{% macro comment_on(relation) -%}
    {%- set comments = [] -%}
    {%- if config.persist_relation_docs() and model.description -%}
        {%- do comments.append(alter_relation_comment(relation, model.description)) -%}
    {%- endif -%}
    {%- if config.persist_column_docs() -%}
        {%- for column in model.columns.values() if column.description -%}
            {%- do comments.append('comment on column ' ~ relation ~ '.' ~ column.name ~ ' is '
                ~ duckdb_escape_comment(column.description) ~ ';') -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if comments -%}
        {%- call statement('comments') -%}{{ comments | join('\n') }}{%- endcall -%}
    {%- endif -%}
{%- endmacro %}
