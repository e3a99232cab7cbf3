-- Everyone looked after in the year, and care leavers whose position the year asks for.
with in_return as (
    select child_id
    from world.care_episodes
    where
        local_authority_code = getvariable('authority')
        and in_period(episode_start_date, episode_end_date)
    union
    select child_id
    from world.care_leavers
    where
        local_authority_code = getvariable('authority')
        and return_year = getvariable('year')
        and position_date <= getvariable('as_known_on')
        and (age_turned <= 21 or getvariable('year') >= 2023)
)

select
    children.looked_after_number as child,
    as_coded('sex_903', children.sex_code) as sex,
    children.date_of_birth as dob,
    children.ethnicity_code as ethnic,
    case when upn_known.is_known then children.upn end as upn,
    -- The list of the return ends at UN5.
    case
        when not upn_known.is_known or children.upn is null
            then least(
                case
                    when upn_known.is_known then children.upn_unknown_code
                    else coalesce(children.upn_unknown_before_code, children.upn_unknown_code)
                end,
                'UN5'
            )
    end as upn_unknown,
    case
        when children.sex_code = 'F' and age_on(children.date_of_birth, getvariable('as_known_on')) >= 12
            then cast(cast(known(children.first_child_date_of_birth) is not null as integer) as varchar)
    end as mother,
    known(children.first_child_date_of_birth) as mc_dob,
    children.is_unaccompanied_asylum_seeker as uasc
from world.children
inner join in_return on children.child_id = in_return.child_id
cross join lateral (
    select coalesce(children.upn_known_date <= getvariable('as_known_on'), true) as is_known
) as upn_known
order by child
