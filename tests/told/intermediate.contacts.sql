-- key: child_id, contact_date, contact_source_code
select distinct
    who.child_id,
    contacts.contact_date,
    contacts.contact_source_code
from who
inner join world.contacts on who.lived_id = contacts.child_id
where on_day(contacts.contact_date)
