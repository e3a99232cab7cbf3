-- key: child_id, worker_id, allocation_role_code, allocation_start_date
-- The local extract tells of every child there ever was a case of.
select
    everyone.child_id,
    pseudonym('worker', allocations.worker_id) as worker_id,
    allocations.allocation_role_code,
    allocations.allocation_start_date,
    allocations.allocation_end_date,
    allocations.team_id,
    allocations.change_reason_code
from everyone
inner join world.allocations on everyone.lived_id = allocations.child_id
