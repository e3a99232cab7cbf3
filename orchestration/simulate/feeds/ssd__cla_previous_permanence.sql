select
    row_number() over (order by earlier.care_period_id) as lapp_table_id,
    children.person_id as lapp_person_id,
    earlier.previous_permanence_code as lapp_previous_permanence_option,
    earlier.order_date_text as lapp_previous_permanence_order_date,
    earlier.order_authority_code as lapp_previous_permanence_la
from world.previous_permanence as earlier
inner join children_known() as children on earlier.child_id = children.child_id
where earlier.period_start_date <= getvariable('as_known_on')
order by lapp_table_id
