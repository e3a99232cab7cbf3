select
    children.looked_after_number as child,
    children.date_of_birth as dob,
    leavers.contact_code as in_touch,
    as_coded('oc3_activity', leavers.activity_code) as activ,
    leavers.accommodation_code as accom
from world.care_leavers as leavers
inner join world.children on leavers.child_id = children.child_id
where
    leavers.local_authority_code = getvariable('authority')
    and leavers.return_year = getvariable('year')
    and leavers.position_date <= getvariable('as_known_on')
    -- Ages 22 to 25 are in the return since 2023.
    and (leavers.age_turned <= 21 or getvariable('year') >= 2023)
order by child
