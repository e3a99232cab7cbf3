{# The four kinds of evidence, in the order in which they are always given: the register's name of
   the data type, and the word that columns use for it. #}
{% macro kinds_of_evidence() -%}
    {{ return({
        'cohort_snapshot': 'cohort',
        'individual_progress': 'progress',
        'organisation_workforce_practice': 'organisation',
        'user_views': 'views',
    }) }}
{%- endmacro %}
