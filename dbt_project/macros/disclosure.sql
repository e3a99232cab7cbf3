{# How counts leave the restricted layer. #}

{# The nearest multiple, halves up. #}
{% macro rounded_to(count, multiple) -%}
    cast({{ multiple }} * floor(cast({{ count }} as double) / {{ multiple }} + 0.5) as bigint)
{%- endmacro %}

{# Whether a count may stand beside one that is already published of a group that holds this one
   or is held by it: not while their difference is itself a small count. #}
{% macro differencing_decision(published_count, new_count, small_count) -%}
    case
        when abs({{ new_count }} - {{ published_count }}) between 1 and {{ small_count }}
            then 'HOLD'
        else 'RELEASE'
    end
{%- endmacro %}

{# Whose a count of disclosure_cells is: of which records, counted how. #}
{% macro whose_count(count_code) -%}
    replace(replace({{ count_code }}, ' numerator', ''), ' other_count', '')
{%- endmacro %}

{# Whether any of several counts is one that is withheld; `small_count` is a column beside them.
   A count that is not there is not small. #}
{% macro any_small(counts) -%}
    (
        {%- for count in counts %}
        coalesce({{ count }} between 1 and small_count, false)
        {{- ' or' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}

{# What is withheld of each published row: the row itself, and the numbers beside it, which go
   without it where they are small. One row per authority, table, period and slice. #}
{% macro withheld_rows() -%}
    (
        select
            local_authority_code,
            table_code,
            period_id,
            breakdown,
            breakdown_value,
            {%- for aspect, what in [
                ('figure', 'is_withheld'), ('excluded', 'is_excluded_withheld'),
                ('unknown', 'is_unknown_withheld'), ('class', 'is_class_withheld'),
                ('reason', 'is_reason_withheld'), ('not_due', 'is_not_due_withheld'),
            ] %}
            max(case when aspect = '{{ aspect }}' then 1 else 0 end) = 1 as {{ what }}
            {{- ',' if not loop.last }}
            {%- endfor %}
        from {{ ref('withheld_cells') }}
        group by local_authority_code, table_code, period_id, breakdown, breakdown_value
    )
{%- endmacro %}

{# What a figure of the workforce is called among the tables of disclosure_cells. #}
{% macro workforce_table_code(record_source, measure_code) -%}
    'workforce_summaries ' || {{ record_source }} || ' ' || {{ measure_code }}
{%- endmacro %}

{# The whole, and the slices that are released. #}
{% macro is_released_breakdown(breakdown) -%}
    ({{ breakdown }} = 'all' or {{ breakdown }} in {{ breakdowns_that('is_released') }})
{%- endmacro %}

{# Progress by sex, and for the scorecards by who helped. By age, ethnic group and the rest of what it
   is counted by most groups are so small that guarding them would take the whole with it. A service
   lies in one programme, and so does a delivery model of a programme. #}
{% macro is_released_progress(breakdown) -%}
    {{ breakdown }} in ('all', 'sex', 'programme', 'service', 'programme_delivery_model')
{%- endmacro %}
