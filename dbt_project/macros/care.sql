{# Every way in which a code of a set is written, in upper case, with the code: for systems that
   write words. #}
{% macro ways_to_write(code_set) -%}
    (
        select
            written,
            min(code) as code
        from (
            select upper(code) as written, code
            from {{ ref('codes') }} where code_set = '{{ code_set }}'
            union all
            select upper(label) as written, code
            from {{ ref('codes') }} where code_set = '{{ code_set }}'
            union all
            select upper(spelling) as written, code
            from {{ ref('spellings') }} where code_set = '{{ code_set }}'
        ) as ways
        group by written
    )
{%- endmacro %}

{# The code of a return that a label of Annex A stands for. Many stand for several ("Foster
   placement" for six): which of them it is is not known. #}
{% macro code_of_label(label_codes) -%}
    case when {{ label_codes }} not like '%,%' then {{ label_codes }} end
{%- endmacro %}

{# The rows of a table of spells, judged. Spells of returns and nightly dataset are made of the
   episodes already chosen between the two, so only a list of Annex A can still be left out. #}
{% macro made_of_episodes(table, stated) -%}
select
    {%- for column in case_columns(table) %}
    {{ column }},
    {%- endfor %}
    local_authority_code,
    record_source,
    last_return_year,
    reporting_year,
    is_closed_year,
    source_order,
    source_count,
    deciding_source,
    is_left_out and record_source = 'annex_a' as is_left_out,
    _file_sha256,
    _row_number
from {{ judged_rows(table, stated) }}
{%- endmacro %}

{# A date of which parts may be zz, as the return writes it; systems write whole ones as
   2012-07-01. Empty, not null, where there is none: it is part of a key. #}
{% macro previous_order_date(written) -%}
    case
        when {{ written }} like '____-__-__%'
            then substr({{ written }}, 9, 2) || '/' || substr({{ written }}, 6, 2) || '/'
                || substr({{ written }}, 1, 4)
        else coalesce({{ written }}, '')
    end
{%- endmacro %}
