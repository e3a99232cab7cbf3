-- Everyone who worked here within the period, in the latest role.
with roles as (
    select *
    from world.workers
    where
        local_authority_code = getvariable('authority')
        and in_period(employed_from_date, employed_to_date)
        and role_start_date <= getvariable('as_known_on')
    qualify row_number() over (partition by worker_id order by role_start_date desc) = 1
),

-- The snapshot of the last census day.
cases as (
    select worker_id, count(distinct child_id) as case_count
    from world.allocations
    where
        local_authority_code = getvariable('authority')
        and allocation_role_code = 'key_social_worker'
        and allocation_start_date <= getvariable('last_30_september')
        and (
            allocation_end_date is null or allocation_end_date > getvariable('last_30_september')
        )
    group by worker_id
)

select
    staff.professional_id as prof_professional_id,
    staff.worker_id as prof_staff_id,
    staff.worker_name as prof_professional_name,
    staff.registration_number as prof_social_worker_registration_no,
    replace(roles.staff_group_code, '_', ' ') as prof_professional_job_title,
    case when staff.registration_number is not null then coalesce(cases.case_count, 0) end
        as prof_professional_caseload,
    roles.team_id as prof_professional_department,
    roles.fte as prof_full_time_equivalency,
    roles.is_agency_worker as prof_agency_worker_flag
from roles
inner join world.staff on roles.worker_id = staff.worker_id
left join cases on roles.worker_id = cases.worker_id
order by prof_professional_id
