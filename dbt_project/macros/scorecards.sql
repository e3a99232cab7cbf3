{# The breakdown of progress.progress_summaries that a kind of scorecard is filled from. #}
{% macro progress_breakdown(subject_kind) -%}
    case {{ subject_kind }}
        when 'authority' then 'all'
        when 'delivery_model' then 'programme_delivery_model'
        else {{ subject_kind }}
    end
{%- endmacro %}
