-- Children in the return's year who are, or were in the year, unaccompanied asylum seekers.
select
    children.looked_after_number as child,
    as_coded('sex_903', children.sex_code) as sex,
    children.date_of_birth as dob,
    -- The 18th birthday is known ahead.
    case
        when
            children.asylum_status_end_date <= getvariable('as_known_on')
            or children.asylum_status_end_date = children.date_of_birth + interval 18 year
            then children.asylum_status_end_date
    end as duc
from world.children
where
    children.local_authority_code = getvariable('authority')
    and children.is_unaccompanied_asylum_seeker
    and in_period(children.asylum_status_start_date, children.asylum_status_end_date)
    and exists (
        select 1
        from world.care_episodes as episodes
        where
            episodes.child_id = children.child_id
            and in_period(episodes.episode_start_date, episodes.episode_end_date)
    )
order by child
