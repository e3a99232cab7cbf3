-- Everyone with an episode of need in the census.
with in_census as (
    select distinct child_id
    from world.referrals
    where
        local_authority_code = getvariable('authority')
        and in_period(referral_date, closure_date)
)

select
    children.census_number as la_child_id,
    case when upn_known.is_known then children.upn end as upn,
    case when upn_known.is_known then children.former_upn end as former_upn,
    case
        when not upn_known.is_known
            then coalesce(children.upn_unknown_before_code, children.upn_unknown_code)
        when children.upn is null then children.upn_unknown_code
    end as upn_unknown,
    known(children.date_of_birth) as date_of_birth,
    case
        when known(children.date_of_birth) is null
            then coalesce(children.expected_date_of_birth, children.date_of_birth)
    end as expected_date_of_birth,
    -- Sex as 1 and 2, under another name, before the 2025 census.
    case
        when getvariable('year') < 2025
            then case
                when known(children.date_of_birth) is null then '0'
                when children.sex_code = 'M' then '1'
                when children.sex_code = 'F' then '2'
                else '0'
            end
    end as "ChildIdentifiers/GenderCurrent",
    case
        when getvariable('year') >= 2025
            then case
                when known(children.date_of_birth) is null then 'U'
                else children.sex_code
            end
    end as "ChildIdentifiers/Sex",
    known(children.date_of_death) as date_of_death,
    children.ethnicity_code as ethnicity
from world.children
inner join in_census on children.child_id = in_census.child_id
cross join lateral (
    select coalesce(children.upn_known_date <= getvariable('as_known_on'), true) as is_known
) as upn_known
order by la_child_id
