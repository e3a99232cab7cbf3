{# Grades as they stand: one of each standard, rater and day, the last that was told. #}
{% macro newest_grades() -%}
    (
        select * from {{ ref('stg_local__self_evaluation') }}
        qualify row_number() over (
            partition by
                local_authority_code, instrument_code, standard_code, rater_code, assessment_date
            order by exported_date desc nulls last, _file_sha256 asc, _row_number desc
        ) = 1
    )
{%- endmacro %}
