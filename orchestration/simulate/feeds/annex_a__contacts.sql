-- List 1: contacts of six months.
select
    listed.* exclude (child_key, disability),
    contacts.contact_date as date_of_contact,
    as_listed('annex_a_contact_source', contacts.contact_source_code) as contact_source
from world.contacts
inner join listed_children() as listed on contacts.child_id = listed.child_key
where within_months(6, contacts.contact_date)
order by date_of_contact, child_id
