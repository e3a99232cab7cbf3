{# What answers from some of the people say of all of them. #}

{# The weight of an answer of one cell (age, sex, ...): as many times as its cell is rarer among
   the answers than among the people, but no further from 1 than `largest` (METHODS 8). #}
{% macro poststratification_weight(cell_people, cell_answers, people, answers, largest) -%}
    greatest(
        least(
            (cast({{ cell_people }} as double) / {{ cell_answers }})
            / (cast({{ people }} as double) / {{ answers }}),
            {{ largest }}
        ),
        1 / cast({{ largest }} as double)
    )
{%- endmacro %}

{# So many equally weighted answers would say as much (Kish 1965). #}
{% macro effective_n(weight_sum, squared_weight_sum) -%}
    {{ weight_sum }} * {{ weight_sum }} / nullif({{ squared_weight_sum }}, 0)
{%- endmacro %}

{# The same, raised because the answers are from a good part of a small population. Null where
   everybody answered: then there is no sampling left to be unsure of. #}
{% macro finite_population_n(effective_n, answers, people) -%}
    case
        when {{ answers }} < {{ people }} then
            {{ effective_n }} * (cast({{ people }} as double) - 1) / ({{ people }} - {{ answers }})
    end
{%- endmacro %}
