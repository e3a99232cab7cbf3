with identities as (
    select * from {{ ref('int_identities') }}
),

headers as (
    select * from {{ ref('stg_ssda903__header') }}
    qualify row_number() over (
        partition by local_authority_code, person_key order by return_year desc, _row_number desc
    ) = 1
),

census_children as (
    select * from {{ ref('stg_cin_census__child') }}
    qualify row_number() over (
        partition by local_authority_code, person_key order by return_year desc, _row_number desc
    ) = 1
),

asylum_seekers as (
    select
        local_authority_code,
        person_key,
        max(uasc_status_ceased_date) as asylum_status_end_date
    from {{ ref('stg_ssda903__uasc') }}
    group by all
),

deaths_in_care as (
    select
        local_authority_code,
        person_key,
        max(episode_end_date) as date_of_death
    from {{ ref('stg_ssda903__episodes') }}
    where episode_end_reason_code = 'E2'
    group by all
),

records as (
    select
        identities.local_authority_code,
        identities.child_id,
        identities.record_source,
        identities.person_key,
        1 as source_order,
        identities.date_of_birth,
        cast(null as date) as expected_date_of_birth,
        deaths_in_care.date_of_death,
        headers.sex_code,
        headers.ethnicity_code,
        headers.upn_unknown_code,
        asylum_seekers.person_key is not null or coalesce(headers.is_uasc, false)
            as is_unaccompanied_asylum_seeker,
        asylum_seekers.asylum_status_end_date,
        headers._file_sha256,
        headers._row_number
    from identities
    left join headers
        on identities.local_authority_code = headers.local_authority_code
        and identities.person_key = headers.person_key
    left join asylum_seekers
        on identities.local_authority_code = asylum_seekers.local_authority_code
        and identities.person_key = asylum_seekers.person_key
    left join deaths_in_care
        on identities.local_authority_code = deaths_in_care.local_authority_code
        and identities.person_key = deaths_in_care.person_key
    where identities.record_source = 'ssda903'
    union all
    select
        identities.local_authority_code,
        identities.child_id,
        identities.record_source,
        identities.person_key,
        2 as source_order,
        identities.date_of_birth,
        census_children.expected_date_of_birth,
        census_children.date_of_death,
        census_children.sex_code,
        census_children.ethnicity_code,
        census_children.upn_unknown_code,
        false as is_unaccompanied_asylum_seeker,
        cast(null as date) as asylum_status_end_date,
        census_children._file_sha256,
        census_children._row_number
    from identities
    inner join census_children
        on identities.local_authority_code = census_children.local_authority_code
        and identities.person_key = census_children.person_key
    where identities.record_source = 'cin_census'
),

coded as (
    select
        records.*,
        -- Two census numbers may be one child: always the same one first.
        row_number() over (
            partition by records.local_authority_code, records.child_id
            order by records.source_order, records.person_key
        ) as precedence,
        sexes.code_group as sex,
        ethnicities.code_group as ethnic_group
    from records
    left join {{ ref('codes') }} as sexes
        on sexes.code_set = 'sex_cin' and records.sex_code = sexes.code
    left join {{ ref('codes') }} as ethnicities
        on ethnicities.code_set = 'ethnicity' and records.ethnicity_code = ethnicities.code
)

-- Each column takes the first source that has it; a code for unknown never beats a real one.
select
    local_authority_code,
    child_id,
    min_by(record_source, precedence) as record_source,
    min_by(date_of_birth, precedence) filter (where date_of_birth is not null) as date_of_birth,
    min_by(expected_date_of_birth, precedence) filter (where expected_date_of_birth is not null)
        as expected_date_of_birth,
    min_by(date_of_death, precedence) filter (where date_of_death is not null) as date_of_death,
    min_by(sex, precedence) filter (where sex <> 'Unknown') as sex,
    coalesce(
        min_by(ethnicity_code, precedence) filter (where ethnic_group <> 'Not stated'),
        min_by(ethnicity_code, precedence) filter (where ethnicity_code is not null)
    ) as ethnicity_code,
    coalesce(
        min_by(ethnic_group, precedence) filter (where ethnic_group <> 'Not stated'),
        min_by(ethnic_group, precedence) filter (where ethnic_group is not null)
    ) as ethnic_group,
    min_by(upn_unknown_code, precedence) filter (where upn_unknown_code is not null)
        as upn_unknown_code,
    bool_or(is_unaccompanied_asylum_seeker) as is_unaccompanied_asylum_seeker,
    max(asylum_status_end_date) as asylum_status_end_date,
    min_by(_file_sha256, precedence) filter (where _file_sha256 is not null) as _file_sha256,
    min_by(_row_number, precedence) filter (where _row_number is not null) as _row_number
from coded
group by local_authority_code, child_id
