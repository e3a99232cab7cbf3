{# A room is a schema of the same name, in every target. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}

{# `int_` says "not for you" in the graph; the table itself has the plain name of the thing.
   `released_` tells a table of the release from the one it is made of. #}
{% macro generate_alias_name(custom_alias_name=none, node=none) -%}
    {%- set name = custom_alias_name or node.name -%}
    {%- for prefix in ['int_', 'released_'] -%}
        {%- if name.startswith(prefix) -%}
            {%- set name = name[prefix | length:] -%}
            {{ return(name) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(name) }}
{%- endmacro %}
