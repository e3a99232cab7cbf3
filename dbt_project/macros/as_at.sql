{# The last day that the figures may know of: the variable where one is given, or what the night has
   put into AS_AT_DATE, or the date of the invented sample, so that dbt can be tried alone.

   dbt reads the whole project again where a variable of its command line is another than last time,
   as each night's would be; so the night tells it by its environment, which is asked for when SQL is
   made and not when files are read. #}
{% macro as_at_date() -%}
    {%- set sample = '2026-03-31' -%}
    {%- set tonight = env_var('AS_AT_DATE', sample) if execute else sample -%}
    cast('{{ var("as_at_date", tonight) }}' as date)
{%- endmacro %}
