-- key: child_id, previous_permanence_code, order_date_text
select
    who.child_id,
    earlier.previous_permanence_code,
    -- Empty, not null, where there was none: it is part of a key.
    coalesce(earlier.order_date_text, '') as order_date_text,
    earlier.order_authority_code
from who
inner join world.previous_permanence as earlier on who.lived_id = earlier.child_id
-- The dataset does not say which start of care it was asked at, so all its rows are of the last; a
-- start that a return holds is as the return has it.
qualify
    (
        not is_returned(max(earlier.period_start_date) over (partition by who.child_id))
        or is_returned(earlier.period_start_date)
    )
    and row_number() over (
        partition by who.child_id, earlier.previous_permanence_code, earlier.order_date_text
        order by earlier.period_start_date desc
    ) = 1
