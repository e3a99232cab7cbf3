select
    getvariable('authority') as la_code,
    getvariable('exported_on') as extract_date,
    'hr_system' as source_system,
    workers.worker_id,
    staff.registration_number,
    workers.post_id,
    workers.team_id,
    workers.staff_group_code,
    workers.org_role_code,
    workers.employment_type_code,
    workers.staff_group_code in (
        'qualified_social_worker', 'other_fieldwork', 'residential_childcare', 'personal_adviser'
    ) as has_direct_work,
    workers.fte,
    workers.role_start_date,
    known(workers.role_end_date) as role_end_date,
    workers.employed_from_date,
    known(workers.employed_to_date) as employed_to_date,
    workers.leaving_reason_code,
    workers.leaving_destination_code,
    workers.line_manager_id
from world.workers
inner join world.staff on workers.worker_id = staff.worker_id
where
    workers.local_authority_code = getvariable('authority')
    and workers.role_start_date <= getvariable('as_known_on')
order by workers.worker_id, workers.role_start_date
