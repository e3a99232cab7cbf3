select
    children.looked_after_number as child,
    children.date_of_birth as dob,
    spells.missing_type_code as missing,
    spells.missing_start_date as mis_start,
    known(spells.missing_end_date) as mis_end
from world.missing_episodes as spells
inner join world.children on spells.child_id = children.child_id
where
    spells.local_authority_code = getvariable('authority')
    and spells.is_in_care
    and in_period(spells.missing_start_date, spells.missing_end_date)
order by child, mis_start, missing
