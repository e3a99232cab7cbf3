{# The rows of the files that count: a file that a newer one of its year replaced stays in raw. #}
{% macro current_rows(extract) -%}
    (
        select raw_rows.*
        from {{ source('raw', extract) }} as raw_rows
        inner join {{ source('quality', 'extract_files') }} as files
            on raw_rows._file_sha256 = files.file_sha256
            and raw_rows.local_authority_code = files.local_authority_code
            and coalesce(raw_rows.return_year, 0) = coalesce(files.return_year, 0)
            and files.extract = '{{ extract }}'
            and files.status = 'loaded'
    )
{%- endmacro %}

{# Staged rows under the child they are about, each natural key once: the same episode, plan or
   referral comes in every return it was open in and in every list of its months, and in faulty
   exports several times over; the newest return or export that holds it wins, and in that the
   last line. #}
{% macro newest_records(extract, key) -%}
    {%- set columns = [key] if key is string else key -%}
    {%- set record_source = extract.split('__')[0] -%}
    {%- set is_return = record_source in ['ssda903', 'cin_census', 'csww'] -%}
    (
        select
            identities.child_id,
            staged.*
        from {{ ref('stg_' ~ extract) }} as staged
        inner join {{ ref('int_identities') }} as identities
            on staged.local_authority_code = identities.local_authority_code
            and staged.person_key = identities.person_key
            and identities.record_source = '{{ record_source }}'
        qualify row_number() over (
            partition by
                staged.local_authority_code,
                identities.child_id,
                {%- for column in columns %}
                staged.{{ column }}{{ ',' if not loop.last }}
                {%- endfor %}
            order by
                {{ 'staged.return_year desc' if is_return
                    else 'staged.exported_date desc nulls last' }},
                staged._file_sha256,
                staged._row_number desc
        ) = 1
    )
{%- endmacro %}

{# The latest loaded year of a source for each authority: what an older return holds as open and
   this one no longer holds has ended unseen. #}
{% macro latest_returns(source_extract) -%}
    (
        select
            local_authority_code,
            max(return_year) as latest_return_year
        from {{ ref('int_source_coverage') }}
        where source_extract = '{{ source_extract }}'
        group by local_authority_code
    )
{%- endmacro %}

{# A key made of other keys: the same in every night and on every engine. #}
{% macro made_key(parts) -%}
    {{ hash_text(made_text(parts)) }}
{%- endmacro %}

{% macro made_text(parts) -%}
    {% for part in parts %}coalesce(cast({{ part }} as varchar), ''){% if not loop.last %} || '|' || {% endif %}{% endfor %}
{%- endmacro %}

{# Completed years on a day. A child born on 29 February is a year older on 1 March; one whose
   birthday is the day is that age (dfe_indicator_definitions, rules for all of them). #}
{% macro age_on(date_of_birth, day) -%}
    (
        year({{ day }}) - year({{ date_of_birth }})
        - case
            when month({{ day }}) * 100 + day({{ day }})
                < month({{ date_of_birth }}) * 100 + day({{ date_of_birth }}) then 1
            else 0
        end
    )
{%- endmacro %}

{# Completed months on a day, by the same rule: twelve of them are a year. #}
{% macro age_in_months_on(date_of_birth, day) -%}
    (
        (year({{ day }}) - year({{ date_of_birth }})) * 12
        + month({{ day }}) - month({{ date_of_birth }})
        - case when day({{ day }}) < day({{ date_of_birth }}) then 1 else 0 end
    )
{%- endmacro %}

{# The end of a spell, or the last day there is while it is open. In a left join each comparison has
   to have one table on either side: with `or`, or a `coalesce` of the comparison, DuckDB goes through
   all pairs. #}
{% macro end_or_never(end_date) -%}
    coalesce({{ end_date }}, cast('9999-12-31' as date))
{%- endmacro %}

{# A key where a condition holds, and none elsewhere: a left join on a condition of its left table
   alone goes through all pairs too. #}
{% macro key_if(condition, key) -%}
    case when {{ condition }} then {{ key }} end
{%- endmacro %}

{# Open on a day: the first day counts, the end date does not. #}
{% macro open_on(start_date, end_date, day) -%}
    ({{ start_date }} <= {{ day }} and {{ end_or_never(end_date) }} > {{ day }})
{%- endmacro %}

{# Whether a spell is still open in the last return that holds it while a later return is loaded:
   it ended unseen, with the year it was last seen in. #}
{% macro ended_unseen(end_date) -%}
    ({{ end_date }} is null and newest.return_year < latest_returns.latest_return_year)
{%- endmacro %}

{# When a spell ended. One that ended unseen is closed on the day after the year it was last seen
   in, so that it was still open on that 31 March. For rows of `newest` beside `latest_returns`. #}
{% macro end_date_seen_or_not(end_date) -%}
    case
        when {{ ended_unseen(end_date) }} then make_date(newest.return_year, 4, 1)
        else {{ end_date }}
    end
{%- endmacro %}

{# The same day a number of years earlier; 28 February where that year has no 29th. #}
{% macro years_before(day, years) -%}
    {{ months_before(day, 12 * years) }}
{%- endmacro %}

{# The group of a code of another list, for the lists whose groups are our codes (Annex A). #}
{% macro code_group_of(code_set, code) -%}
    (
        select max(codes.code_group) from {{ ref('codes') }} as codes
        where codes.code_set = '{{ code_set }}' and codes.code = {{ code }}
    )
{%- endmacro %}

{# A yes or no of Annex A; unknown is neither. #}
{% macro annex_a_yes(code) -%}
    try_cast({{ code_group_of('annex_a_yes_no', code) }} as boolean)
{%- endmacro %}

{# The key of the referral that a row called `newest` stands under, by the number its source gives
   the referral: a position within one file in the census, a number of the system in the SSD.
   Null where that referral is not there. #}
{% macro referral_of_row(record_source) -%}
    {{ hash_text(
        "newest.child_id || '|' || cast(" ~ referral_date_of_row(record_source) ~ ' as varchar)'
    ) }}
{%- endmacro %}

{% macro referral_date_of_row(record_source) -%}
    (
        {%- if record_source == 'cin_census' %}
        select max(referrals.referral_date)
        from {{ ref('stg_cin_census__cin_episode') }} as referrals
        where referrals.local_authority_code = newest.local_authority_code
            and referrals._file_sha256 = newest._file_sha256
            and referrals.person_key = newest.person_key
            and referrals.referral_position = newest.referral_position
        {%- else %}
        select max(referrals.referral_date)
        from {{ ref('stg_ssd__cin_episodes') }} as referrals
        where referrals.local_authority_code = newest.local_authority_code
            and referrals.person_key = newest.person_key
            and referrals.referral_id = newest.referral_id
        {%- endif %}
    )
{%- endmacro %}
