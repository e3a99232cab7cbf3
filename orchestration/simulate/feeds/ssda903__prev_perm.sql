-- Asked of whoever starts to be looked after in the year; of two starts the later one.
select
    children.looked_after_number as child,
    children.date_of_birth as dob,
    earlier.previous_permanence_code as prev_perm,
    earlier.order_authority_code as la_perm,
    earlier.order_date_text as date_perm
from world.previous_permanence as earlier
inner join world.children on earlier.child_id = children.child_id
where
    earlier.local_authority_code = getvariable('authority')
    and on_day(earlier.period_start_date)
qualify row_number() over (partition by earlier.child_id order by earlier.period_start_date desc) = 1
order by child
