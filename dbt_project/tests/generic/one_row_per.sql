{# The grain that a description promises: no two rows share these columns, and none is empty. #}
{% test one_row_per(model, columns) %}
select {{ columns | join(', ') }}, count(*) as row_count
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
    {%- for column in columns %}
    or max(case when {{ column }} is null then 1 else 0 end) = 1
    {%- endfor %}
{% endtest %}
