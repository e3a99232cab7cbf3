-- Registered child and family social workers employed at any time in the year, and agency social
-- workers on the day: one row per spell of employment, in the latest role held in it.
with roles as (
    select
        workers.*,
        staff.registration_number,
        staff.date_of_birth,
        staff.sex_code,
        staff.ethnicity_code,
        staff.qualification_level_code,
        staff.is_step_up_graduate,
        staff.is_frontline_graduate,
        known(workers.employed_to_date) as left_date
    from world.workers
    inner join world.staff on workers.worker_id = staff.worker_id
    where
        workers.local_authority_code = getvariable('authority')
        and staff.registration_number is not null
        and workers.org_role_code is not null
        and in_period(workers.employed_from_date, workers.employed_to_date)
        and workers.role_start_date <= getvariable('as_known_on')
        and (
            not workers.is_agency_worker
            or is_open(workers.employed_from_date, workers.employed_to_date)
        )
    qualify
        row_number() over (
            partition by workers.worker_id, workers.employed_from_date
            order by workers.role_start_date desc
        ) = 1
),

cases as (
    select
        worker_id,
        count(distinct child_id) as case_count
    from world.allocations
    where
        local_authority_code = getvariable('authority')
        and allocation_role_code = 'key_social_worker'
        and is_open(allocation_start_date, allocation_end_date)
    group by worker_id
),

-- Of a spell of sickness, the days that fall into the year.
sickness as (
    select
        worker_id,
        sum(round(
            working_days_lost
            * (least(last_day, getvariable('as_known_on') + 1)
                - greatest(absence_start_date, getvariable('period_start')))
            / (last_day - absence_start_date)
        )) as working_days_lost
    from (
        select
            *,
            greatest(
                coalesce(absence_end_date, (select as_at + 1 from world.settings)),
                absence_start_date + 1
            ) as last_day
        from world.absences
        where
            local_authority_code = getvariable('authority')
            and absence_reason_code = 'SIC'
            and in_period(absence_start_date, absence_end_date)
    )
    group by worker_id
),

absent as (
    select
        worker_id,
        max_by(absence_reason_code, absence_start_date) as absence_reason_code
    from world.absences
    where
        local_authority_code = getvariable('authority')
        and is_open(absence_start_date, absence_end_date)
    group by worker_id
)

select
    row_number() over (order by roles.registration_number, roles.employed_from_date)
        as worker_row_id,
    cast(cast(roles.is_agency_worker as integer) as varchar) as is_agency_worker,
    roles.registration_number as "SWENo",
    roles.fte,
    roles.date_of_birth,
    case when getvariable('year') < 2024 then as_coded('gender_csww', roles.sex_code) end
        as "GenderCurrent",
    case when getvariable('year') >= 2024 then roles.sex_code end as "Sex",
    roles.ethnicity_code as ethnicity,
    roles.qualification_level_code as qualification_level,
    roles.is_step_up_graduate as step_up_graduate,
    roles.org_role_code as org_role,
    roles.employed_from_date as role_start_date,
    case
        when not roles.is_agency_worker and on_day(roles.employed_from_date)
            then roles.start_origin_code
    end as start_origin,
    roles.left_date as role_end_date,
    case when roles.left_date is not null then roles.leaving_destination_code end
        as leaver_destination,
    case when roles.left_date is not null then roles.leaving_reason_code end as reason_left,
    case when roles.left_date is null then roles.fte else 0 end as fte_30_september,
    case when roles.left_date is null then coalesce(cases.case_count, 0) end as cases_30_september,
    case when not roles.is_agency_worker then coalesce(sickness.working_days_lost, 0) end
        as working_days_lost,
    roles.is_frontline_graduate as frontline_graduate,
    case
        when roles.left_date is null and not roles.is_agency_worker
            then absent.worker_id is not null
    end as absent_30_september,
    case
        when roles.left_date is null and not roles.is_agency_worker
            then absent.absence_reason_code
    end as absence_reason
from roles
left join cases on roles.worker_id = cases.worker_id
left join sickness on roles.worker_id = sickness.worker_id
left join absent on roles.worker_id = absent.worker_id
order by worker_row_id
