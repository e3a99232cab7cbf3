select
    workers.worker_row_id,
    roles.contract_weeks
from feed_csww__worker as workers
inner join world.staff on workers."SWENo" = staff.registration_number
inner join world.workers as roles
    on
        staff.worker_id = roles.worker_id
        and workers.role_start_date = roles.employed_from_date
where
    roles.local_authority_code = getvariable('authority')
    and roles.is_agency_worker
    and roles.contract_weeks is not null
    and roles.role_start_date <= getvariable('as_known_on')
qualify row_number() over (partition by workers.worker_row_id order by roles.role_start_date desc) = 1
order by workers.worker_row_id
