{# What DuckDB and Spark write differently. #}

{# The different values of a column in one text, in order and parted by semicolons. #}
{% macro join_codes(column) %}{{ return(adapter.dispatch('join_codes')(column)) }}{% endmacro %}

{% macro default__join_codes(column) -%}
    string_agg(distinct {{ column }}, ';' order by {{ column }})
{%- endmacro %}

{% macro spark__join_codes(column) -%}
    array_join(array_sort(collect_set({{ column }})), ';')
{%- endmacro %}

{# The parts of a text that are parted by semicolons, as a list. #}
{% macro split_codes(text) %}{{ return(adapter.dispatch('split_codes')(text)) }}{% endmacro %}

{% macro default__split_codes(text) -%}
    string_split({{ text }}, ';')
{%- endmacro %}

{% macro spark__split_codes(text) -%}
    split({{ text }}, ';')
{%- endmacro %}

{# Whether two texts parted by semicolons have a part in common; null where either is. #}
{% macro codes_shared(codes, others) %}{{ return(adapter.dispatch('codes_shared')(codes, others)) }}{% endmacro %}

{% macro default__codes_shared(codes, others) -%}
    list_has_any({{ split_codes(codes) }}, {{ split_codes(others) }})
{%- endmacro %}

{% macro spark__codes_shared(codes, others) -%}
    arrays_overlap({{ split_codes(codes) }}, {{ split_codes(others) }})
{%- endmacro %}

{# Every day from one date to another, both of them, as a list. #}
{% macro days_from(first_day, last_day) %}{{ return(adapter.dispatch('days_from')(first_day, last_day)) }}{% endmacro %}

{% macro default__days_from(first_day, last_day) -%}
    generate_series({{ first_day }}, {{ last_day }}, interval '1' day)
{%- endmacro %}

{% macro spark__days_from(first_day, last_day) -%}
    sequence({{ first_day }}, {{ last_day }}, interval 1 day)
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
    cast({{ day }} - to_months(cast({{ months }} as integer)) as date)
{%- endmacro %}

{% macro spark__months_before(day, months) -%}
    add_months({{ day }}, -{{ months }})
{%- endmacro %}

{# The same where the number of months is a column. #}
{% macro months_before_by(day, months) %}{{ return(adapter.dispatch('months_before_by')(day, months)) }}{% endmacro %}

{% macro default__months_before_by(day, months) -%}
    cast({{ day }} - to_months(cast({{ months }} as integer)) as date)
{%- endmacro %}

{% macro spark__months_before_by(day, months) -%}
    add_months({{ day }}, -cast({{ months }} as int))
{%- endmacro %}

{# The day before a date. #}
{% macro day_before(day) %}{{ return(adapter.dispatch('day_before')(day)) }}{% endmacro %}

{% macro default__day_before(day) -%}
    cast({{ day }} - interval '1' day as date)
{%- endmacro %}

{% macro spark__day_before(day) -%}
    date_sub({{ day }}, 1)
{%- endmacro %}

{# The day after a date. #}
{% macro day_after(day) %}{{ return(adapter.dispatch('day_after')(day)) }}{% endmacro %}

{% macro default__day_after(day) -%}
    cast({{ day }} + interval '1' day as date)
{%- endmacro %}

{% macro spark__day_after(day) -%}
    date_add({{ day }}, 1)
{%- endmacro %}

{# A list of values. #}
{% macro list_of(values) %}{{ return(adapter.dispatch('list_of')(values)) }}{% endmacro %}

{% macro default__list_of(values) -%}
    [{{ values | join(', ') }}]
{%- endmacro %}

{% macro spark__list_of(values) -%}
    array({{ values | join(', ') }})
{%- endmacro %}

{# Whether a list holds a value. #}
{% macro list_holds(values, value) %}{{ return(adapter.dispatch('list_holds')(values, value)) }}{% endmacro %}

{% macro default__list_holds(values, value) -%}
    list_contains({{ values }}, {{ value }})
{%- endmacro %}

{% macro spark__list_holds(values, value) -%}
    array_contains({{ values }}, {{ value }})
{%- endmacro %}

{# A text's SHA-256 in hexadecimal. #}
{% macro hash_text(text) %}{{ return(adapter.dispatch('hash_text')(text)) }}{% endmacro %}

{% macro default__hash_text(text) -%}
    sha256({{ text }})
{%- endmacro %}

{% macro spark__hash_text(text) -%}
    sha2({{ text }}, 256)
{%- endmacro %}

{# The whole numbers from 1 to one, as a list. #}
{% macro numbers_to(last) %}{{ return(adapter.dispatch('numbers_to')(last)) }}{% endmacro %}

{% macro default__numbers_to(last) -%}
    generate_series(1, {{ last }})
{%- endmacro %}

{% macro spark__numbers_to(last) -%}
    sequence(1, {{ last }})
{%- endmacro %}

{# A row for each part of a list. #}
{% macro row_for_each(parts) %}{{ return(adapter.dispatch('row_for_each')(parts)) }}{% endmacro %}

{% macro default__row_for_each(parts) -%}
    unnest({{ parts }})
{%- endmacro %}

{% macro spark__row_for_each(parts) -%}
    explode({{ parts }})
{%- endmacro %}

{# A map of texts: key to SQL expression. #}
{% macro map_of(entries) %}{{ return(adapter.dispatch('map_of')(entries)) }}{% endmacro %}

{% macro default__map_of(entries) -%}
    map { {%- for key, value in entries.items() %}'{{ key }}': {{ value }}{% if not loop.last %}, {% endif %}{% endfor -%} }
{%- endmacro %}

{% macro spark__map_of(entries) -%}
    map({%- for key, value in entries.items() %}'{{ key }}', {{ value }}{% if not loop.last %}, {% endif %}{% endfor -%})
{%- endmacro %}

{# A heading by what people do not change about it: its letters, digits and %, in upper case. #}
{% macro heading_key(heading) %}{{ return(adapter.dispatch('heading_key')(heading)) }}{% endmacro %}

{% macro default__heading_key(heading) -%}
    upper(regexp_replace({{ heading }}, '[^A-Za-z0-9%]', '', 'g'))
{%- endmacro %}

{% macro spark__heading_key(heading) -%}
    upper(regexp_replace({{ heading }}, '[^A-Za-z0-9%]', ''))
{%- endmacro %}

{# A text less the words of a sender and the counts in it, which orchestration/ingest/refusals.py
   marks. #}
{% macro without_what_stays_inside(text) %}{{ return(adapter.dispatch('without_what_stays_inside')(text)) }}{% endmacro %}

{% macro default__without_what_stays_inside(text) -%}
    regexp_replace({{ text }}, '«[^»]*»', '(withheld)', 'g')
{%- endmacro %}

{% macro spark__without_what_stays_inside(text) -%}
    regexp_replace({{ text }}, '«[^»]*»', '(withheld)')
{%- endmacro %}

{# The last value of a window that is not null; `over` follows. #}
{% macro last_known(value) %}{{ return(adapter.dispatch('last_known')(value)) }}{% endmacro %}

{% macro default__last_known(value) -%}
    last_value({{ value }} ignore nulls)
{%- endmacro %}

{% macro spark__last_known(value) -%}
    last_value({{ value }}) ignore nulls
{%- endmacro %}
