-- key: child_id, legal_status_start_date
select
    who.child_id,
    statuses.legal_status_start_date,
    statuses.legal_status_end_date,
    statuses.legal_status_code
from who
inner join world.legal_statuses as statuses on who.lived_id = statuses.child_id
