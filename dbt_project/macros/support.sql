{# Spells of help, need and protection. #}

{# The chosen spells of a table with the day each ended (closed_date). One that is open where it
   was last seen, while a source that lists every open one has looked since, ended unseen on the
   day after it was last seen (is_end_inferred); an end before the start is read as the start
   (has_reversed_dates). `looked_in` are those sources with their extract; a list says by itself
   on which day it was made (listed_date). #}
{% macro ended_spells(table, looked_in) -%}
{%- set of = case_tables()[table] -%}
    (
        select
            seen.*,
            case
                when has_reversed_dates then {{ of.starts }}
                when {{ of.ends }} is not null then {{ of.ends }}
                when last_seen_date < last_looked_date then {{ day_after('last_seen_date') }}
            end as closed_date,
            {{ of.ends }} is null and coalesce(last_seen_date < last_looked_date, false)
                as is_end_inferred
        from (
            select
                chosen.*,
                coalesce(chosen.{{ of.ends }} < chosen.{{ of.starts }}, false)
                    as has_reversed_dates,
                looked.last_looked_date,
                greatest(
                    make_date(chosen.last_return_year, 3, 31),
                    {%- if 'listed_date' in of.carried %}
                    chosen.listed_date,
                    {%- endif %}
                    case
                        when ';' || chosen.held_by_sources || ';' like '%;ssd;%'
                            then looked.last_export_date
                    end
                ) as last_seen_date
            from {{ chosen_records(table) }} as chosen
            left join (
                select
                    local_authority_code,
                    max(covered_to) as last_looked_date,
                    max(covered_to) filter (where source_extract = '{{ looked_in.ssd }}')
                        as last_export_date
                from {{ ref('int_source_coverage') }}
                where source_extract in ('{{ looked_in.values() | join("', '") }}')
                group by local_authority_code
            ) as looked
                on chosen.local_authority_code = looked.local_authority_code
        ) as seen
    )
{%- endmacro %}

{# Whether a spell begins before an earlier one of the child has ended. #}
{% macro overlaps_earlier(start_date, end_date) -%}
    coalesce(
        {{ start_date }} < max({{ end_or_never(end_date) }}) over (
            partition by local_authority_code, child_id
            order by {{ start_date }}
            rows between unbounded preceding and 1 preceding
        ),
        false
    )
{%- endmacro %}

{# Who made a contact or referral by the labels of Annex A: the codes each stands for, and the
   group they belong to. #}
{% macro sources_of_labels() -%}
    (
        select
            labels.code as label,
            {{ code_of_label('labels.code_group') }} as source_code,
            members.code_group as source_group
        from {{ ref('codes') }} as labels
        inner join {{ ref('codes') }} as members
            on members.code_set = 'referral_source'
            and members.code = split_part(labels.code_group, ',', 1)
        where labels.code_set = 'annex_a_contact_source'
    )
{%- endmacro %}

{# The key of the record that a row called `newest` of the nightly dataset names by its number:
   made of child and day, as everywhere. Null where that record is not there. #}
{% macro key_of_named(extract, number, day) -%}
    {%- set day_of_named -%}
    (
        select max(named.{{ day }})
        from {{ ref('stg_' ~ extract) }} as named
        where named.local_authority_code = newest.local_authority_code
            and named.person_key = newest.person_key
            and named.{{ number }} = newest.{{ number }}
    )
    {%- endset -%}
    {{ hash_text("newest.child_id || '|' || cast(" ~ day_of_named ~ ' as varchar)') }}
{%- endmacro %}
