select
    statuses.legal_status_id as lega_legal_status_id,
    children.person_id as lega_person_id,
    statuses.legal_status_code as lega_legal_status,
    statuses.legal_status_start_date as lega_legal_status_start_date,
    known(statuses.legal_status_end_date) as lega_legal_status_end_date
from world.legal_statuses as statuses
inner join children_known() as children on statuses.child_id = children.child_id
where statuses.legal_status_start_date <= getvariable('as_known_on')
order by lega_legal_status_id
