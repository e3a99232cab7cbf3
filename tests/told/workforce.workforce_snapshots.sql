-- key: record_source, period_id, worker_id
-- where: record_source = 'csww' or period_end >= getvariable('returned_from')
with months as (
    select period_id, next_period_start - 1 as period_end from counts.periods
    where period_type = 'month'
),

local_roles as (
    select
        months.*,
        workers.*,
        -- Of two roles the more senior one is told, with the hours of both.
        row_number() over (
            partition by months.period_id, workers.worker_id
            order by workers.org_role_code nulls last, workers.fte desc, workers.role_start_date desc
        ) as place,
        sum(workers.fte) over (partition by months.period_id, workers.worker_id) as total_fte
    from months
    inner join world.workers
        on workers.local_authority_code = getvariable('authority')
        and workers.role_start_date <= months.period_end
        and coalesce(workers.role_end_date > months.period_end, true)
        and coalesce(workers.employed_to_date > months.period_end, true)
),

held as (
    select
        months.period_id,
        allocations.worker_id,
        count(distinct allocations.child_id) as case_count
    from months
    inner join world.allocations
        on allocations.local_authority_code = getvariable('authority')
        and allocations.allocation_start_date <= months.period_end
        and coalesce(allocations.allocation_end_date > months.period_end, true)
    group by all
)

select
    'local' as record_source,
    roles.period_id,
    pseudonym('worker', roles.worker_id) as worker_id,
    roles.staff_group_code,
    roles.org_role_code,
    roles.is_agency_worker,
    roles.team_id,
    round(roles.total_fte, 6) as fte,
    roles.employed_from_date,
    roles.role_start_date,
    coalesce(held.case_count, 0) as case_count,
    exists (
        select 1 from world.absences
        where absences.worker_id = roles.worker_id
            and absences.absence_start_date <= roles.period_end
            -- One without an end goes on to the day of the extract.
            and coalesce(absences.absence_end_date > roles.period_end, true)
    ) as is_absent
from local_roles as roles
left join held on roles.period_id = held.period_id and roles.worker_id = held.worker_id
where roles.place = 1
union all
-- Registered social workers in post on the day of a census, in the latest role they held.
select
    'csww',
    strftime(census_days.on_day, '%Y-%m'),
    pseudonym('worker', workers.worker_id),
    case when workers.org_role_code in ('1', '2', '3') then 'manager'
        else 'qualified_social_worker'
    end,
    workers.org_role_code,
    workers.is_agency_worker,
    null,
    workers.fte,
    workers.employed_from_date,
    workers.employed_from_date,
    (
        select count(distinct child_id) from world.allocations
        where allocations.worker_id = workers.worker_id
            and allocation_role_code = 'key_social_worker'
            and allocation_start_date <= census_days.on_day
            and coalesce(allocation_end_date > census_days.on_day, true)
    ),
    not workers.is_agency_worker and exists (
        select 1 from world.absences
        where absences.worker_id = workers.worker_id
            and absence_start_date <= census_days.on_day
            and coalesce(absence_end_date > census_days.on_day, true)
    )
from census_days() as census_days
inner join world.workers
    on workers.local_authority_code = getvariable('authority')
    and workers.org_role_code is not null
    and workers.role_start_date <= census_days.on_day
    and coalesce(workers.employed_to_date > census_days.on_day, true)
inner join world.staff
    on workers.worker_id = staff.worker_id and staff.registration_number is not null
qualify row_number() over (
    partition by census_days.on_day, workers.worker_id order by workers.role_start_date desc
) = 1
