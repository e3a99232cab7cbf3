-- Key social workers in the year of a child looked after in it, those before care began too.
select distinct
    children.looked_after_number as child,
    children.date_of_birth as dob,
    coalesce(staff.registration_number, 'XX' || staff.worker_id) as sw_id,
    allocations.allocation_start_date as sw_decom,
    known(allocations.allocation_end_date) as sw_dec,
    -- Asked of spells that began on or after 1 April 2023.
    case
        when allocations.allocation_start_date >= date '2023-04-01'
            then allocations.change_reason_code
    end as sw_reason
from world.allocations
inner join world.children on allocations.child_id = children.child_id
inner join world.staff on allocations.worker_id = staff.worker_id
inner join world.care_periods as periods
    on
        allocations.child_id = periods.child_id
        and allocations.allocation_start_date < coalesce(periods.period_end_date, date '9999-12-31')
where
    allocations.local_authority_code = getvariable('authority')
    and allocations.allocation_role_code = 'key_social_worker'
    and in_period(allocations.allocation_start_date, allocations.allocation_end_date)
    and in_period(periods.period_start_date, periods.period_end_date)
order by child, sw_decom, sw_id
