{# What DuckDB and Spark write differently. #}

{# The different values of a column in one text, in order and parted by semicolons. #}
{% macro join_codes(column) %}{{ return(adapter.dispatch('join_codes')(column)) }}{% endmacro %}

{% macro default__join_codes(column) -%}
    string_agg(distinct {{ column }}, ';' order by {{ column }})
{%- endmacro %}

{% macro spark__join_codes(column) -%}
    array_join(array_sort(collect_set({{ column }})), ';')
{%- endmacro %}

{# Whole months from one date to another; from the end of a month to the end of another counts
   whole, however long the two are. #}
{% macro whole_months(from_date, to_date) -%}
    (year({{ to_date }}) - year({{ from_date }})) * 12
    + month({{ to_date }}) - month({{ from_date }})
    - case
        when day({{ to_date }}) < day({{ from_date }})
            and {{ to_date }} <> last_day({{ to_date }}) then 1
        else 0
    end
{%- endmacro %}

{# Days from one date to another. #}
{% macro days_between(from_date, to_date) %}{{ return(adapter.dispatch('days_between')(from_date, to_date)) }}{% endmacro %}

{% macro default__days_between(from_date, to_date) -%}
    date_diff('day', {{ from_date }}, {{ to_date }})
{%- endmacro %}

{% macro spark__days_between(from_date, to_date) -%}
    cast(datediff({{ to_date }}, {{ from_date }}) as bigint)
{%- endmacro %}

{# A date a number of months earlier; the last day of a shorter month. #}
{% macro months_before(day, months) %}{{ return(adapter.dispatch('months_before')(day, months)) }}{% endmacro %}

{% macro default__months_before(day, months) -%}
    cast({{ day }} - interval '{{ months }}' month as date)
{%- endmacro %}

{% macro spark__months_before(day, months) -%}
    add_months({{ day }}, -{{ months }})
{%- endmacro %}

{# A text's SHA-256 in hexadecimal. #}
{% macro hash_text(text) %}{{ return(adapter.dispatch('hash_text')(text)) }}{% endmacro %}

{% macro default__hash_text(text) -%}
    sha256({{ text }})
{%- endmacro %}

{% macro spark__hash_text(text) -%}
    sha2({{ text }}, 256)
{%- endmacro %}
