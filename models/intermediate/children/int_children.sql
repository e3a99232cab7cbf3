{% set as_at = as_at_date() %}

with numbers as (
    select
        identities.local_authority_code,
        identities.child_id,
        identities.record_source,
        identities.person_key,
        person_numbers.date_of_birth,
        person_numbers.expected_date_of_birth,
        person_numbers._file_sha256,
        person_numbers._row_number
    from {{ ref('int_identities') }} as identities
    inner join {{ ref('int_person_numbers') }} as person_numbers
        on identities.local_authority_code = person_numbers.local_authority_code
        and identities.record_source = person_numbers.record_source
        and identities.person_key = person_numbers.person_key
),

-- The order of a closed year where the return of the as-at day is loaded, else of an open one.
closed as (
    select distinct local_authority_code
    from {{ ref('int_deciding_sources') }}
    where table_name = 'children'
        and is_closed_year
        and {{ as_at }} >= days_from
        and {{ as_at }} < days_until
),

precedence as (
    select * from {{ ref('source_precedence') }}
    where table_name = 'children'
),

-- ---- what each source says of a number ----
told as (
    select
        local_authority_code,
        'ssda903' as record_source,
        person_key,
        make_date(return_year, 3, 31) as stated_on,
        1 as is_main,
        cast(null as date) as date_of_death,
        'sex_cin' as sex_code_set,
        sex_code,
        ethnicity_code,
        upn_unknown_code,
        mother_code = '1' as is_mother,
        cast(null as boolean) as has_education_health_care_plan,
        _file_sha256,
        _row_number
    from {{ ref('stg_ssda903__header') }}
    union all
    select
        local_authority_code,
        'cin_census' as record_source,
        person_key,
        make_date(return_year, 3, 31) as stated_on,
        1 as is_main,
        date_of_death,
        'sex_cin' as sex_code_set,
        sex_code,
        ethnicity_code,
        upn_unknown_code,
        cast(null as boolean) as is_mother,
        cast(null as boolean) as has_education_health_care_plan,
        _file_sha256,
        _row_number
    from {{ ref('stg_cin_census__child') }}
    union all
    select
        local_authority_code,
        'ssd' as record_source,
        person_key,
        exported_date as stated_on,
        1 as is_main,
        date_of_death,
        'sex_cin' as sex_code_set,
        sex_code,
        ethnicity_code,
        upn_unknown_code,
        is_mother,
        has_education_health_care_plan,
        _file_sha256,
        _row_number
    from {{ ref('stg_ssd__person') }}
    {% for list in annex_a_lists() %}
    union all
    select
        local_authority_code,
        'annex_a' as record_source,
        person_key,
        exported_date as stated_on,
        {{ 1 if loop.first else 0 }} as is_main,
        cast(null as date) as date_of_death,
        'annex_a_gender' as sex_code_set,
        sex_code,
        -- The code of the returns with a letter before it.
        split_part(ethnicity_code, ') ', 2) as ethnicity_code,
        cast(null as varchar) as upn_unknown_code,
        cast(null as boolean) as is_mother,
        cast(null as boolean) as has_education_health_care_plan,
        _file_sha256,
        _row_number
    from {{ ref('stg_annex_a__' ~ list) }}
    {% endfor %}
),

-- The newest statement; of one day that of the list of all children.
newest as (
    select * from told
    qualify row_number() over (
        partition by local_authority_code, record_source, person_key
        order by stated_on desc nulls last, is_main desc, _file_sha256 asc, _row_number desc
    ) = 1
),

asylum_seekers as (
    select
        local_authority_code,
        'ssda903' as record_source,
        person_key,
        max(uasc_status_ceased_date) as asylum_status_end_date
    from {{ ref('stg_ssda903__uasc') }}
    group by local_authority_code, person_key
    union all
    select
        local_authority_code,
        'ssda903' as record_source,
        person_key,
        cast(null as date) as asylum_status_end_date
    from {{ ref('stg_ssda903__header') }}
    where is_uasc
    union all
    -- A status of the nightly dataset is in words; one that has no end lasts.
    select
        local_authority_code,
        'ssd' as record_source,
        person_key,
        case when count(*) = count(status_end_date) then max(status_end_date) end
            as asylum_status_end_date
    from {{ ref('stg_ssd__immigration_status') }}
    where lower(immigration_status) like '%unaccompanied%'
        or lower(immigration_status) like '%uasc%'
    group by local_authority_code, person_key
    {% for list in ['children_in_care', 'care_leavers'] %}
    union all
    select
        local_authority_code,
        'annex_a' as record_source,
        person_key,
        cast(null as date) as asylum_status_end_date
    from {{ ref('stg_annex_a__' ~ list) }}
    where {{ annex_a_yes('uasc_code') }}
    {% endfor %}
),

asylum as (
    select
        local_authority_code,
        record_source,
        person_key,
        max(asylum_status_end_date) as asylum_status_end_date
    from asylum_seekers
    group by local_authority_code, record_source, person_key
),

deaths_in_care as (
    select
        local_authority_code,
        'ssda903' as record_source,
        person_key,
        max(episode_end_date) as date_of_death
    from {{ ref('stg_ssda903__episodes') }}
    where episode_end_reason_code = 'E2'
    group by local_authority_code, person_key
),

coded as (
    select
        numbers.local_authority_code,
        numbers.child_id,
        numbers.record_source,
        numbers.date_of_birth,
        numbers.expected_date_of_birth,
        coalesce(newest.date_of_death, deaths_in_care.date_of_death) as date_of_death,
        newest.ethnicity_code,
        newest.upn_unknown_code,
        newest.is_mother,
        newest.has_education_health_care_plan,
        asylum.person_key is not null as is_unaccompanied_asylum_seeker,
        asylum.asylum_status_end_date,
        sexes.code_group as sex,
        ethnicities.code_group as ethnic_group,
        coalesce(newest._file_sha256, numbers._file_sha256) as _file_sha256,
        case when newest._file_sha256 is null then numbers._row_number else newest._row_number end
            as _row_number,
        -- Two numbers of a source may be one child: always the same one first. The local extracts
        -- come last.
        row_number() over (
            partition by numbers.local_authority_code, numbers.child_id
            order by
                case when closed.local_authority_code is null
                    then precedence.open_year_order else precedence.closed_year_order
                end asc nulls last,
                numbers.record_source asc,
                numbers.person_key asc
        ) as place
    from numbers
    left join precedence on numbers.record_source = precedence.record_source
    left join closed on numbers.local_authority_code = closed.local_authority_code
    left join newest
        on numbers.local_authority_code = newest.local_authority_code
        and numbers.record_source = newest.record_source
        and numbers.person_key = newest.person_key
    left join asylum
        on numbers.local_authority_code = asylum.local_authority_code
        and numbers.record_source = asylum.record_source
        and numbers.person_key = asylum.person_key
    left join deaths_in_care
        on numbers.local_authority_code = deaths_in_care.local_authority_code
        and numbers.record_source = deaths_in_care.record_source
        and numbers.person_key = deaths_in_care.person_key
    left join {{ ref('codes') }} as sexes
        on newest.sex_code_set = sexes.code_set and newest.sex_code = sexes.code
    left join {{ ref('codes') }} as ethnicities
        on ethnicities.code_set = 'ethnicity' and newest.ethnicity_code = ethnicities.code
)

-- Each column takes the first source that has it; a code for unknown never beats a real one.
select
    local_authority_code,
    child_id,
    min_by(record_source, place) as record_source,
    min_by(date_of_birth, place) filter (where date_of_birth is not null) as date_of_birth,
    min_by(expected_date_of_birth, place) filter (where expected_date_of_birth is not null)
        as expected_date_of_birth,
    min_by(date_of_death, place) filter (where date_of_death is not null) as date_of_death,
    min_by(sex, place) filter (where sex in ('Male', 'Female')) as sex,
    coalesce(
        min_by(ethnicity_code, place) filter (where ethnic_group <> 'Not stated'),
        min_by(ethnicity_code, place) filter (where ethnicity_code is not null)
    ) as ethnicity_code,
    coalesce(
        min_by(ethnic_group, place) filter (where ethnic_group <> 'Not stated'),
        min_by(ethnic_group, place) filter (where ethnic_group is not null)
    ) as ethnic_group,
    min_by(upn_unknown_code, place) filter (where upn_unknown_code is not null)
        as upn_unknown_code,
    bool_or(is_unaccompanied_asylum_seeker) as is_unaccompanied_asylum_seeker,
    max(asylum_status_end_date) as asylum_status_end_date,
    min_by(is_mother, place) filter (where is_mother is not null) as is_mother,
    min_by(has_education_health_care_plan, place)
        filter (where has_education_health_care_plan is not null) as has_education_health_care_plan,
    min_by(_file_sha256, place) filter (where _file_sha256 is not null) as _file_sha256,
    min_by(_row_number, place) filter (where _row_number is not null) as _row_number
from coded
group by local_authority_code, child_id
