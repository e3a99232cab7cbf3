with statements as (
    {% for of in person_number_files() %}{% set of_files = loop %}
    {% for file in of.files %}
    select
        staged.local_authority_code,
        '{{ of.source }}' as record_source,
        {{ 'staged.' ~ of.number ~ ' as person_key' if of.number else 'staged.person_key' }},
        {{ stated_on(of.source) }} as stated_on,
        {{ 1 if of.is_main else 0 }} as is_main,
        {{ 0 if of.may_be_adult else 1 }} as is_of_a_child,
        {{ 'staged.' ~ of.date_of_birth if of.date_of_birth else 'cast(null as date)' }}
            as date_of_birth,
        {{ 'staged.' ~ of.expected_date_of_birth if of.expected_date_of_birth
            else 'cast(null as date)' }} as expected_date_of_birth,
        staged._file_sha256,
        staged._row_number
    from {{ ref('stg_' ~ of.source ~ '__' ~ file) }} as staged
    where staged.{{ of.number | default('person_key') }} is not null
        {%- if of.where %}
        and {{ of.where }}
        {%- endif %}
    {{ 'union all' if not (loop.last and of_files.last) }}
    {% endfor %}
    {% endfor %}
),

-- A date of birth later than the day it was written down on is an expected one.
born as (
    select
        local_authority_code,
        record_source,
        person_key,
        stated_on,
        is_main,
        case when coalesce(date_of_birth <= stated_on, true) then date_of_birth end
            as date_of_birth,
        case when date_of_birth > stated_on then date_of_birth else expected_date_of_birth end
            as expected_date_of_birth,
        _file_sha256,
        _row_number
    from statements
    qualify max(is_of_a_child) over (partition by local_authority_code, person_key) = 1
),

-- Every file repeats the dates; where one differs, the newest says which it is, and of one day
-- the one that says who the children are.
placed as (
    select
        *,
        row_number() over (
            partition by local_authority_code, record_source, person_key
            order by
                case when date_of_birth is null then 1 else 0 end asc,
                stated_on desc nulls last,
                is_main desc,
                date_of_birth asc,
                _file_sha256 asc,
                _row_number desc
        ) as place,
        row_number() over (
            partition by local_authority_code, record_source, person_key
            order by
                case when expected_date_of_birth is null then 1 else 0 end asc,
                stated_on desc nulls last,
                is_main desc,
                expected_date_of_birth asc
        ) as expected_place
    from born
)

select
    local_authority_code,
    record_source,
    person_key,
    max(case when place = 1 then date_of_birth end) as date_of_birth,
    max(case when expected_place = 1 then expected_date_of_birth end) as expected_date_of_birth,
    max(case when place = 1 then _file_sha256 end) as _file_sha256,
    max(case when place = 1 then _row_number end) as _row_number
from placed
group by local_authority_code, record_source, person_key
