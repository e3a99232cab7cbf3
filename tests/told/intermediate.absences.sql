-- key: record_source, worker_id, absence_start_date
-- where: record_source = 'local'
select
    'local' as record_source,
    pseudonym('worker', worker_id) as worker_id,
    absence_start_date,
    -- The last day of absence, where the lives have the first day back.
    absence_end_date - 1 as absence_end_date,
    absence_reason_code,
    working_days_lost
from world.absences
where local_authority_code = getvariable('authority')
