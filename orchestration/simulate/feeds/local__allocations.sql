select
    getvariable('authority') as la_code,
    getvariable('exported_on') as extract_date,
    'case_system' as source_system,
    allocations.allocation_id,
    children.person_id as child_id,
    allocations.worker_id,
    allocations.team_id,
    allocations.allocation_role_code,
    allocations.allocation_start_date,
    known(allocations.allocation_end_date) as allocation_end_date,
    allocations.change_reason_code
from world.allocations
inner join world.children on allocations.child_id = children.child_id
where
    allocations.local_authority_code = getvariable('authority')
    and allocations.allocation_start_date <= getvariable('as_known_on')
order by allocations.allocation_id
