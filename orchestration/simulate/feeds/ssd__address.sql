select
    addresses.address_id as addr_table_id,
    children.person_id as addr_person_id,
    upper(addresses.address_type) as addr_address_type,
    addresses.address_start_date as addr_address_start_date,
    known(addresses.address_end_date) as addr_address_end_date,
    addresses.postcode as addr_address_postcode,
    cast(json_object('POSTCODE', addresses.postcode) as varchar) as addr_address_json
from world.addresses
inner join children_known() as children on addresses.child_id = children.child_id
where addresses.address_start_date <= getvariable('as_known_on')
order by addr_table_id
