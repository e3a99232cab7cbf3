-- Staff of the last day of the year, by the staff list; who holds several roles is there once, by
-- the one that began last.
create temp view staff_on_day as
select distinct on (period_id, worker_id)
    years.*, workers.*
from years
inner join world.workers as workers
    on role_start_date <= last_day and coalesce(role_end_date > last_day, true)
order by role_start_date desc;

-- Employed social workers of 30 September, and how long they have been.
create temp view serving_social_workers as
select period_id, workers.*,
    (make_date(reporting_year - 1, 9, 30) - employed_from_date) / 365.25 as years_served
from years
inner join world.workers as workers
    on role_start_date <= make_date(reporting_year - 1, 9, 30)
    and coalesce(role_end_date > make_date(reporting_year - 1, 9, 30), true)
where staff_group_code = 'qualified_social_worker' and not is_agency_worker;

-- Who was employed on the last day of any month of the year, and their mean full-time equivalent
-- over the twelve; nobody keeps the absence of agency workers.
create temp view year_of_staff as
select years.period_id, local_authority_code, worker_id, staff_group_code, sum(fte) / 12 as fte
from years
inner join (
    select *, next_period_start - 1 as month_end from counts.periods where period_type = 'month'
) as months using (reporting_year)
inner join world.workers as workers
    on role_start_date <= month_end and coalesce(role_end_date > month_end, true)
where not is_agency_worker
group by all;

-- Workers with an allocation open on the last day.
create temp view case_holders as
select staff.*
from staff_on_day as staff
where staff_group_code = 'qualified_social_worker' and exists (
    select 1 from world.allocations
    where allocations.worker_id = staff.worker_id
        and allocation_start_date <= last_day and coalesce(allocation_end_date > last_day, true)
);

-- In each of January, February and March, of those employed through all three.
select 'rees_int_reflective_learning_supervision_monthly', local_authority_code, period_id,
    count(*) filter (where month_count = 3), count(*)
from (
    select period_id, holders.local_authority_code, holders.worker_id,
        count(distinct month(held_date)) as month_count
    from case_holders as holders
    left join world.supervision
        on holders.worker_id = supervision.worker_id
        and supervision_type_code in ('reflective', 'mixed')
        and held_date between make_date(reporting_year, 1, 1) and last_day
    where employed_from_date <= make_date(reporting_year, 1, 1)
    group by all
)
group by all;

select 'rees_int_leadership_leader_practice_observation', local_authority_code, period_id,
    count(*) filter (where exists (
        select 1 from world.audits
        where auditor_id = worker_id and audit_date > last_day - 183 and audit_date <= last_day
    )), count(*)
from staff_on_day
where org_role_code in ('1', '2')
group by all;

-- The sum of their years; the median is told in _values.sql.
select 'pif_7_1', local_authority_code, period_id, sum(years_served), count(*)
from serving_social_workers
group by all;

select 'pif_7_2', local_authority_code, period_id, sum((last_day - employed_from_date) / 365.25),
    count(*)
from staff_on_day
where staff_group_code = 'other_fieldwork' and not is_agency_worker
group by all;

-- The days of an absence lie evenly in it.
create temp view year_of_absence as
select year_of_staff.*, coalesce(days_lost, 0) as days_lost
from year_of_staff
left join (
    select period_id, worker_id, sum(
        working_days_lost
        * (least(until_day, last_day + 1) - greatest(absence_start_date, first_day))
        / (until_day - absence_start_date)
    ) as days_lost
    from years
    inner join (
        select *, coalesce(absence_end_date, as_at + 1) as until_day
        from world.absences cross join world.settings
        where absence_reason_code in ('SIC', 'UNA')
    ) as lost on absence_start_date <= last_day and until_day > first_day
    group by all
) using (period_id, worker_id);

select
    case staff_group_code
        when 'qualified_social_worker' then 'pif_7_3_a' when 'other_fieldwork' then 'pif_7_3_b'
    end,
    local_authority_code, period_id, sum(days_lost), count(*)
from year_of_absence
where staff_group_code in ('qualified_social_worker', 'other_fieldwork')
group by all;

create temp view credentials as
select *, case
        when credential_code in ('social_work_england', 'sssc', 'social_care_wales', 'niscc')
            then 'registration'
        when credential_code in ('registered_manager_award', 'leadership_management_award')
            then 'management'
        else credential_code
    end as credential_group
from world.staff_qualifications;

select 'pif_7_4_a', local_authority_code, period_id,
    count(*) filter (where exists (
        select 1 from world.allocations
        inner join credentials using (worker_id)
        where allocations.child_id = known.child_id
            and allocation_start_date <= last_day
            and coalesce(allocation_end_date > last_day, true)
            and credential_group = 'registration' and awarded_date <= last_day
            and coalesce(expiry_date >= last_day, true)
    )), count(*)
from known
group by all;

-- Who works with families in a post that asks for a credential.
select 'pif_7_5', staff.local_authority_code, period_id,
    count(*) filter (where exists (
        select 1 from credentials
        where credentials.worker_id = staff.worker_id
            and credential_group = case required_credential_code
                when 'social_work_england' then 'registration' else required_credential_code
            end
            and coalesce(credential_level >= required_level, required_level is null)
            and awarded_date <= last_day and coalesce(expiry_date >= last_day, true)
    )), count(*)
from staff_on_day as staff
inner join (select post_id, required_credential_code, required_level from world.posts)
    using (post_id)
where staff_group_code in (
        'qualified_social_worker', 'other_fieldwork', 'residential_childcare', 'personal_adviser'
    )
    and required_credential_code is not null
group by all;

select 'pif_7_7', local_authority_code, period_id,
    count(*) filter (where exists (
        select 1 from credentials
        where credentials.worker_id = staff.worker_id and credential_code = 'development_plan'
            and awarded_date > last_day - 365 and awarded_date <= last_day
    )), count(*)
from staff_on_day as staff
where not is_agency_worker and last_day - employed_from_date >= 183
group by all;

select 'pif_9_1', local_authority_code, period_id,
    count(*) filter (where exists (
        select 1 from credentials
        where credentials.worker_id = staff.worker_id and credential_group = 'management'
            and awarded_date <= last_day
    )), count(*)
from staff_on_day as staff
where staff_group_code = 'manager' or org_role_code in ('1', '2', '3')
group by all;

-- ---- the census of 30 September ----

create temp view census_day as
select *, make_date(reporting_year - 1, 9, 30) as on_day from years;

create temp view census_cases as
select period_id, workers.*, (
        select count(distinct child_id) from world.allocations
        where allocations.worker_id = workers.worker_id
            and allocation_role_code = 'key_social_worker'
            and allocation_start_date <= on_day and coalesce(allocation_end_date > on_day, true)
    ) as case_count
from census_day
inner join world.workers as workers
    on role_start_date <= on_day and coalesce(role_end_date > on_day, true)
where org_role_code is not null;

select 'rees_int_infrastructure_average_caseload', local_authority_code, period_id,
    sum(case_count), count(*)
from census_cases
where case_count > 0 and fte > 0
group by all;

-- Of the employed, who lost how many days to sickness in the twelve months to the day; the census
-- has whole days.
create temp view census_absence as
select period_id, on_day, workers.*, coalesce((
        select sum(round(
            working_days_lost
            * (least(until_day, on_day + 1)
                - greatest(absence_start_date, (on_day - interval 1 year)::date + 1))
            / (until_day - absence_start_date)
        ))
        from (
            select *, greatest(coalesce(absence_end_date, as_at + 1), absence_start_date + 1)
                as until_day
            from world.absences cross join world.settings
            where absence_reason_code = 'SIC'
        ) as lost
        where lost.worker_id = workers.worker_id
            and absence_start_date <= on_day and until_day > on_day - interval 1 year
    ), 0) as days_lost
from census_day
inner join world.workers as workers
    on role_start_date <= on_day and coalesce(role_end_date > on_day, true)
where org_role_code is not null and not is_agency_worker;

select 'rees_int_motivated_absence_rate', local_authority_code, period_id, sum(days_lost), count(*)
from census_absence
group by all;

-- What of the posts that were open nobody was employed in; one record, beside those of the
-- employed.
create temp view census_vacancies as
select period_id, posts.local_authority_code, sum(greatest(budgeted_fte - coalesce(filled, 0), 0))
    as vacant_fte, sum(filled) as filled_fte, sum(filled_count) as filled_count
from census_day
inner join world.posts as posts
    on post_start_date <= on_day and coalesce(post_end_date > on_day, true)
left join (
    select period_id, post_id, sum(fte) as filled, count(*) as filled_count
    from census_absence group by all
) as held using (period_id, post_id)
where org_role_code is not null
group by all;

select 'rees_int_stable_workforce_vacancy', local_authority_code, period_id, vacant_fte,
    filled_count + 1
from census_vacancies;
