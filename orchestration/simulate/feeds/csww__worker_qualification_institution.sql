select
    workers.worker_row_id,
    staff.qualifying_institution
from feed_csww__worker as workers
inner join world.staff on workers."SWENo" = staff.registration_number
where
    staff.local_authority_code = getvariable('authority')
    and staff.qualifying_institution is not null
order by workers.worker_row_id
