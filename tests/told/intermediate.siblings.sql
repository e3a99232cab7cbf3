-- key: child_id, sibling_child_id
with members as (
    select family_id, pseudonym('person', person_id) as child_id, joined_date, known(left_date) as left_date
    from local_family_members()
    where member_role_code = 'child'
)

select distinct own.child_id, theirs.child_id as sibling_child_id
from members as own
inner join members as theirs
    on own.family_id = theirs.family_id and own.child_id <> theirs.child_id
    and coalesce(own.joined_date < theirs.left_date, true)
    and coalesce(theirs.joined_date < own.left_date, true)
