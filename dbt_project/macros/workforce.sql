{# Figures of the workforce as expressions. The rule is the measure's own, a column of
   workforce_measures; a, b and c are its parts in the order of the formula. #}

{# What a measure is a share, a rate or a number per of. #}
{% macro workforce_denominator(rule, a, b, c) -%}
    case {{ rule }}
        when 'whole' then {{ b }}
        -- The vacant and the filled; agency workers and the employed.
        when 'part_and_rest' then {{ a }} + {{ b }}
        when 'start_and_end' then ({{ b }} + {{ c }}) / 2
        -- Full-time equivalents and the working days of the year.
        when 'working_time' then {{ b }} * {{ c }}
    end
{%- endmacro %}

{# The figure: null where there is nothing to divide by. A measure without a denominator is its
   numerator. #}
{% macro workforce_value(multiplier, rule, numerator, denominator) -%}
    case
        when {{ rule }} = 'none' then cast({{ numerator }} as double)
        else {{ multiplier }} * cast({{ numerator }} as double) / nullif({{ denominator }}, 0)
    end
{%- endmacro %}

{# Working days of the twelve months to a day: the department's constant, and a day more where
   they hold a 29 February. #}
{% macro working_days(year_ago, day, days_in_year) -%}
    {{ days_in_year }} + case
        when {{ days_between(year_ago, day) }} > 365 then 1
        else 0
    end
{%- endmacro %}

{# The last day of the same month a year earlier, of the last day of a month. #}
{% macro year_ago(period_end) -%}
    last_day({{ months_before(period_end, 12) }})
{%- endmacro %}

{# Numerators and denominators in the one shape that workforce_summaries adds up: for each measure a,
   b, c, how many people are behind the numerator and behind the denominator, and the rows that they
   are columns of. #}
{% macro workforce_parts(rows) -%}
    {%- for measure, a, b, c, people, base, held in rows -%}
    select
        local_authority_code,
        record_source,
        period_id,
        team,
        staff_group_code,
        is_census_social_worker,
        '{{ measure }}' as measure_code,
        {{ summable(a) }} as a,
        {{ summable(b) }} as b,
        {{ summable(c) }} as c,
        cast({{ people }} as bigint) as people_count,
        cast({{ base }} as bigint) as base_count
    from {{ held }}
    {{ 'union all' if not loop.last }}
    {% endfor -%}
{%- endmacro %}
