with pupil_numbers as (
    {% for source, file, column in [
        ('ssd', 'person', 'upn_key'),
        ('ssd', 'linked_identifiers', 'upn_key'),
        ('ssd', 'send', 'upn_key'),
        ('ssda903', 'header', 'upn_key'),
        ('cin_census', 'child', 'upn_key'),
        ('cin_census', 'child', 'former_upn_key'),
        ('local', 'education_enrolments', 'upn_key'),
        ('local', 'education_attendance', 'upn_key'),
        ('local', 'education_exclusions', 'upn_key'),
        ('local', 'education_results', 'upn_key'),
    ] %}
    select
        local_authority_code,
        '{{ source }}' as record_source,
        person_key,
        {{ column }} as number_key
    from {{ ref('stg_' ~ source ~ '__' ~ file) }}
    {{ 'union' if not loop.last }}
    {% endfor %}
),

earlier_numbers as (
    select local_authority_code, person_key, legacy_person_key as number_key
    from {{ ref('stg_ssd__person') }}
    union
    -- What the case system links is a number of a person where it is none of a pupil.
    select local_authority_code, person_key, identifier_key
    from {{ ref('stg_ssd__linked_identifiers') }}
    where upn_key is null
)

select
    local_authority_code,
    record_source,
    person_key,
    'pupil_number' as number_type,
    number_key
from pupil_numbers
where person_key is not null and number_key is not null
union all
select
    local_authority_code,
    'ssd' as record_source,
    person_key,
    'person_number' as number_type,
    number_key
from earlier_numbers
where number_key is not null and number_key <> person_key
