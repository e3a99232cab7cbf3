-- key: child_id, known_from_date
select
    who.child_id,
    addresses.address_start_date as known_from_date,
    addresses.address_end_date,
    addresses.small_area_code
from who
inner join world.addresses on who.lived_id = addresses.child_id
-- A child placed on the day of its birth lived in the placement: of one day the later line counts.
qualify row_number() over (
    partition by who.child_id, addresses.address_start_date order by addresses.address_id desc
) = 1
