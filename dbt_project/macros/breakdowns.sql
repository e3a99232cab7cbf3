{# What figures are broken down by, one at a time, beside the whole. To add one, add its line here
   and its column to measure_records.

   - `column`: of measure_records; a record without a value is in the slice Not known.
   - `given`: `always`; `some`, where anybody is in a group (Not known and No are none); or `most`,
     where half of an authority's records of the indicator or more are: what only children looked
     after or in a programme have says nothing of everybody else.
   - `is_released`: by the others most groups are so small that guarding them would take the whole
     with it, so they stay inside.
   - `in_months`: a month in other slices would say little of anyone and too much of someone.
   - `is_charted`: followed over time, as the whole is.
   - `of_rates`: whoever refers does so from among all residents; nobody lives among them otherwise. #}
{% macro breakdowns() %}
    {{ return({
        'sex': {'column': 'sex', 'given': 'always', 'is_released': true},
        'age_band': {'column': 'age_band', 'given': 'always', 'is_released': true},
        'ethnic_group': {'column': 'ethnic_group', 'given': 'always', 'is_released': true},
        'disability': {'column': 'disability', 'given': 'some'},
        'unaccompanied_asylum_seeker':
            {'column': 'unaccompanied_asylum_seeker', 'given': 'some'},
        'primary_need': {'column': 'primary_need_code', 'given': 'some'},
        'legal_status': {'column': 'legal_status_code', 'given': 'most'},
        'placement_type': {'column': 'placement_type_code', 'given': 'most'},
        'placement_provider': {'column': 'placement_provider_code', 'given': 'most'},
        'deprivation_quintile': {'column': 'deprivation_quintile', 'given': 'some'},
        'zone': {'column': 'zone_code', 'given': 'some'},
        'referral_source':
            {'column': 'referral_source_group', 'given': 'some', 'of_rates': true},
        'team':
            {'column': 'team_id', 'given': 'some', 'in_months': true, 'is_charted': true},
        'service':
            {'column': 'service_id', 'given': 'some', 'in_months': true, 'is_charted': true},
        'programme': {'column': 'programme_code', 'given': 'most'},
        'delivery_model': {'column': 'delivery_model_code', 'given': 'most'},
        'provider': {'column': 'provider_id', 'given': 'most'},
    }) }}
{% endmacro %}

{# Those breakdowns of which something is so, as a list of literals. #}
{% macro breakdowns_that(property, value=true) -%}
    {%- set names = [] -%}
    {%- for name, about in breakdowns().items() if about.get(property) == value -%}
        {%- do names.append("'" ~ name ~ "'") -%}
    {%- endfor -%}
    ({{ names | join(', ') }})
{%- endmacro %}

{# The breakdowns that an authority's figures of an indicator are given by, the whole among them: by
   the records of all periods together, since by those of one a breakdown would come and go. One row
   per indicator, authority and breakdown. #}
{% macro breakdowns_given() -%}
    (
        with in_groups as (
            select
                indicator_id,
                local_authority_code,
                {%- for breakdown, about in breakdowns().items() %}
                count(nullif({{ about.column }}, 'No')) as {{ breakdown }}_count,
                {%- endfor %}
                count(*) filter (where subject_type <> 'population') as record_count
            from {{ ref('measure_records') }}
            group by indicator_id, local_authority_code
        )

        select
            indicator_id,
            local_authority_code,
            'all' as breakdown
        from in_groups
        {%- for breakdown, about in breakdowns().items() %}
        union all
        select
            indicator_id,
            local_authority_code,
            '{{ breakdown }}' as breakdown
        from in_groups
        {%- if about.given == 'some' %}
        where {{ breakdown }}_count > 0
        {%- elif about.given == 'most' %}
        where {{ breakdown }}_count > 0 and 2 * {{ breakdown }}_count >= record_count
        {%- endif %}
        {%- endfor %}
    )
{%- endmacro %}
