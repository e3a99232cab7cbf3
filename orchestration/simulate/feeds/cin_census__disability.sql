with in_census as (
    select distinct child_id
    from world.referrals
    where
        local_authority_code = getvariable('authority')
        and in_period(referral_date, closure_date)
)

select
    children.census_number as la_child_id,
    coalesce(disabilities.disability_code, 'NONE') as disability_code
from world.children
inner join in_census on children.child_id = in_census.child_id
left join world.disabilities on children.child_id = disabilities.child_id
order by la_child_id, disability_code
