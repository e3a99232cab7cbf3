select
    row_number() over (order by disabilities.child_id, disabilities.disability_code)
        as disa_table_id,
    children.person_id as disa_person_id,
    disabilities.disability_code as disa_disability_code
from world.disabilities
inner join children_known() as children on disabilities.child_id = children.child_id
order by disa_table_id
