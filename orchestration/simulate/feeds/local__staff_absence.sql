select
    getvariable('authority') as la_code,
    getvariable('exported_on') as extract_date,
    'hr_system' as source_system,
    absence_id,
    worker_id,
    absence_start_date,
    -- The last day of absence, where the world has the first day back.
    known(absence_end_date) - 1 as absence_end_date,
    absence_reason_code,
    working_days_lost
from world.absences
where
    local_authority_code = getvariable('authority')
    and absence_start_date <= getvariable('as_known_on')
order by absence_id
