{# The number that a published cell holds, without its commas; null for a symbol. Years and months
   are printed as 01:07 and read as months. #}
{% macro published_number(cell, unit=none) -%}
    {%- set number = 'cast(try_cast(replace(' ~ cell ~ ", ',', '') as decimal(24, 6)) as double)" -%}
    {%- if unit -%}
    case
        when {{ unit }} = 'months' and {{ cell }} like '%_:__'
            then try_cast(split_part({{ cell }}, ':', 1) as integer) * 12
                + try_cast(split_part({{ cell }}, ':', 2) as integer)
        else {{ number }}
    end
    {%- else -%}
    {{ number }}
    {%- endif -%}
{%- endmacro %}
