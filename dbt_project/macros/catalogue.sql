{# What the catalogue and its seeds of measures say, as expressions. #}

{# Whether a code is one of a list of codes parted by semicolons. #}
{% macro is_listed(codes, code) -%}
    ';' || {{ codes }} || ';' like '%;' || {{ code }} || ';%'
{%- endmacro %}

{# The same, and a list left empty holds every code, and what has none. #}
{% macro is_listed_or_any(codes, code) -%}
    coalesce({{ is_listed(codes, code) }}, {{ codes }} is null)
{%- endmacro %}

{# Whether a code comes first in a list of codes parted by semicolons. #}
{% macro is_first_listed(codes, code) -%}
    {{ codes }} || ';' like {{ code }} || ';%'
{%- endmacro %}

{# Whether two rows agree in several columns. #}
{% macro same(one, other, columns) -%}
    {%- for column in columns %}
    {{ 'and ' if not loop.first }}{{ one }}.{{ column }} = {{ other }}.{{ column }}
    {%- endfor %}
{%- endmacro %}
