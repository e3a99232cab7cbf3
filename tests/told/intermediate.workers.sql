-- key: worker_id, role_start_date
-- where: record_source = 'local'
select
    pseudonym('worker', workers.worker_id) as worker_id,
    workers.role_start_date,
    workers.role_end_date,
    workers.staff_group_code,
    workers.org_role_code,
    workers.is_agency_worker,
    workers.employment_type_code,
    workers.fte,
    workers.employed_from_date,
    workers.employed_to_date,
    workers.leaving_reason_code,
    workers.leaving_destination_code,
    workers.team_id,
    pseudonym('post', workers.post_id) as post_id,
    pseudonym('worker', workers.line_manager_id) as line_manager_id,
    'local' as record_source
from world.workers
where workers.local_authority_code = getvariable('authority')
