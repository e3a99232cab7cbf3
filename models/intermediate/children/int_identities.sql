with looked_after_numbers as (
    {% for file in ['header', 'uasc', 'oc2', 'oc3', 'reviews', 'missing', 'ad1', 'prev_perm',
        'placed_adoption', 'sw_episodes'] %}
    select
        local_authority_code, return_year, person_key, date_of_birth,
        {{ 1 if file == 'header' else 0 }} as is_of_header,
        {{ 'upn_key' if file == 'header' else 'cast(null as varchar) as upn_key' }}
    from {{ ref('stg_ssda903__' ~ file) }}
    union all
    {% endfor %}
    select
        local_authority_code, return_year, person_key,
        cast(null as date) as date_of_birth,
        0 as is_of_header,
        cast(null as varchar) as upn_key
    from {{ ref('stg_ssda903__episodes') }}
),

looked_after as (
    select
        local_authority_code,
        person_key,
        -- Every file repeats the date; where one differs in a year, the header says which it is.
        max_by(date_of_birth, 2 * return_year + is_of_header)
            filter (where date_of_birth is not null) as date_of_birth,
        max_by(upn_key, return_year) filter (where upn_key is not null) as upn_key
    from looked_after_numbers
    group by all
),

in_census as (
    select
        local_authority_code,
        person_key,
        max_by(date_of_birth, return_year) filter (where date_of_birth is not null)
            as date_of_birth
    from {{ ref('stg_cin_census__child') }}
    group by all
),

census_pupil_numbers as (
    select local_authority_code, person_key, upn_key from {{ ref('stg_cin_census__child') }}
    where upn_key is not null
    union
    select local_authority_code, person_key, former_upn_key from {{ ref('stg_cin_census__child') }}
    where former_upn_key is not null
),

same_number as (
    select
        in_census.local_authority_code,
        in_census.person_key,
        looked_after.person_key as child_id,
        -- An unborn child has no date of birth yet; that is no disagreement.
        coalesce(in_census.date_of_birth = looked_after.date_of_birth, true) as has_agreeing_dates
    from in_census
    inner join looked_after
        on in_census.local_authority_code = looked_after.local_authority_code
        and in_census.person_key = looked_after.person_key
),

same_pupil as (
    select
        in_census.local_authority_code,
        in_census.person_key,
        looked_after.person_key as child_id
    from in_census
    inner join census_pupil_numbers
        on in_census.local_authority_code = census_pupil_numbers.local_authority_code
        and in_census.person_key = census_pupil_numbers.person_key
    inner join looked_after
        on census_pupil_numbers.local_authority_code = looked_after.local_authority_code
        and census_pupil_numbers.upn_key = looked_after.upn_key
        and in_census.date_of_birth = looked_after.date_of_birth
    -- One number on each side, or nobody can say who is who. A number that is in both counts too:
    -- a twin may have been given the pupil number of the other.
    qualify
        count(*) over (partition by in_census.local_authority_code, in_census.person_key) = 1
        and count(*) over (partition by looked_after.local_authority_code, looked_after.person_key)
        = 1
)

select
    local_authority_code,
    'ssda903' as record_source,
    person_key,
    person_key as child_id,
    date_of_birth,
    'own_number' as match_rule
from looked_after
union all
select
    in_census.local_authority_code,
    'cin_census' as record_source,
    in_census.person_key,
    case
        when same_number.has_agreeing_dates then same_number.child_id
        when same_number.child_id is not null
            then {{ made_key(["'cin_census'", 'in_census.person_key']) }}
        else coalesce(same_pupil.child_id, in_census.person_key)
    end as child_id,
    in_census.date_of_birth,
    case
        when same_number.has_agreeing_dates then 'same_number'
        when same_number.child_id is not null then 'kept_apart'
        when same_pupil.child_id is not null then 'same_pupil_number'
        else 'own_number'
    end as match_rule
from in_census
left join same_number
    on in_census.local_authority_code = same_number.local_authority_code
    and in_census.person_key = same_number.person_key
left join same_pupil
    on in_census.local_authority_code = same_pupil.local_authority_code
    and in_census.person_key = same_pupil.person_key
