-- Only children who are known themselves have a number to be named by.
select
    row_number() over (order by mothers.mother_child_id, mothers.child_date_of_birth)
        as moth_table_id,
    children.person_id as moth_person_id,
    babies.person_id as moth_childs_person_id,
    mothers.child_date_of_birth as moth_childs_dob
from world.mothers
inner join children_known() as children on mothers.mother_child_id = children.child_id
inner join world.children as babies on mothers.child_id = babies.child_id
where mothers.child_date_of_birth <= getvariable('as_known_on')
order by moth_table_id
