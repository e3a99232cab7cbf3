{% set as_at = as_at_date() %}

with people as (
    select * from {{ ref('int_identities') }}
),

born as (
    select
        local_authority_code,
        person_key,
        max(date_of_birth) as date_of_birth
    from {{ ref('stg_ssd__person') }}
    group by local_authority_code, person_key
),

-- A mother joins the family of her child.
exported as (
    select
        local_authority_code,
        family_key,
        person_key,
        false as is_mother_in_family,
        _file_sha256,
        _row_number
    from {{ ref('stg_ssd__family') }}
    union all
    select
        mothers.local_authority_code,
        families.family_key,
        mothers.person_key,
        true as is_mother_in_family,
        mothers._file_sha256,
        mothers._row_number
    from {{ ref('stg_ssd__mother') }} as mothers
    inner join {{ ref('stg_ssd__family') }} as families
        on mothers.local_authority_code = families.local_authority_code
        and mothers.child_key = families.person_key
),

told as (
    select
        exported.local_authority_code,
        'ssd' as record_source,
        exported.family_key,
        exported.person_key,
        case
            when exported.is_mother_in_family then 'parent'
            when {{ age_on('born.date_of_birth', as_at) }} < 18 then 'child'
        end as member_role_code,
        born.date_of_birth,
        cast(null as date) as joined_date,
        cast(null as date) as left_date,
        exported._file_sha256,
        exported._row_number
    from exported
    left join born
        on exported.local_authority_code = born.local_authority_code
        and exported.person_key = born.person_key
    union all
    select
        local_authority_code,
        'annex_a' as record_source,
        family_key,
        person_key,
        'child' as member_role_code,
        date_of_birth,
        cast(null as date) as joined_date,
        cast(null as date) as left_date,
        _file_sha256,
        _row_number
    from {{ ref('stg_annex_a__adoption') }}
    where family_key is not null
    union all
    select
        local_authority_code,
        'local' as record_source,
        family_key,
        person_key,
        member_role_code,
        date_of_birth,
        joined_date,
        left_date,
        _file_sha256,
        _row_number
    from {{ ref('stg_local__family_members') }}
),

newest as (
    select
        told.local_authority_code,
        told.record_source,
        told.family_key as family_id,
        coalesce(people.child_id, told.person_key) as person_id,
        case when told.member_role_code = 'child'
            then coalesce(people.child_id, told.person_key)
        end as child_id,
        told.member_role_code,
        make_date(year(told.date_of_birth), month(told.date_of_birth), 1) as birth_month,
        told.joined_date,
        told.left_date,
        told._file_sha256,
        told._row_number
    from told
    left join people
        on told.local_authority_code = people.local_authority_code
        and told.record_source = people.record_source
        and told.person_key = people.person_key
    -- A mother who also stands in the family herself is its parent.
    qualify row_number() over (
        partition by told.local_authority_code, told.record_source, told.family_key,
            coalesce(people.child_id, told.person_key), told.joined_date
        order by
            case when told.member_role_code = 'parent' then 0 else 1 end,
            told._file_sha256 asc,
            told._row_number desc
    ) = 1
),

stated as (
    {% for source in ['ssd', 'annex_a', 'local'] %}
    select
        {{ stated_columns('family_members', source, [
            'family_id', 'person_id', 'joined_date', 'left_date', 'member_role_code', 'child_id',
            'birth_month',
        ]) }}
    from newest
    where newest.record_source = '{{ source }}'
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from {{ judged_rows('family_members', 'stated') }}
