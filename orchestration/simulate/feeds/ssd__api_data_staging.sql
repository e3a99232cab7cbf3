-- What waits to be sent to the national feed.
select
    children.child_id as id,
    children.person_id as person_id,
    '{}' as json_payload,
    'sent' as submission_status,
    cast(getvariable('as_known_on') as timestamp) as submission_timestamp,
    'unchanged' as row_state,
    cast(getvariable('as_known_on') as timestamp) as last_updated
from children_known() as children
order by id
