-- Earlier pupil numbers; most systems hold no other links.
select
    row_number() over (order by children.child_id) as link_table_id,
    children.person_id as link_person_id,
    'Former Unique Pupil Number' as link_identifier_type,
    children.former_upn as link_identifier_value
from children_known() as children
where children.former_upn is not null
order by link_table_id
