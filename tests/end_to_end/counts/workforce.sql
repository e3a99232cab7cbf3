-- Registered social workers in post on 30 September, by the definitions of the workforce census.
create temp view census as
select
    period_id, workers.*,
    make_date(reporting_year - 1, 9, 30) as census_day,
    -- Since the role began, however many posts it was held in.
    coalesce(role_end_date > make_date(reporting_year - 1, 9, 30), true) as is_there
from years
inner join world.workers as workers
    on role_start_date <= make_date(reporting_year - 1, 9, 30)
    and coalesce(role_end_date > make_date(reporting_year - 2, 9, 30), true)
where staff_group_code in ('qualified_social_worker', 'manager') and org_role_code is not null;

select 'rees_int_skills_two_years_service', local_authority_code, period_id,
    count(*) filter (where census_day - role_start_date >= 730), count(*)
from census
where is_there and not is_agency_worker and org_role_code in ('4', '5')
group by all;

select 'torfaen_workforce_retention', local_authority_code, period_id,
    count(*) filter (where is_there), count(*)
from census
where not is_agency_worker
    and role_start_date <= census_day - interval 1 year
group by all;

select 'rees_int_stable_workforce_agency', local_authority_code, period_id,
    coalesce(sum(fte) filter (where is_agency_worker), 0), count(*)
from census where is_there group by all;

select 'rees_int_stable_workforce_turnover', local_authority_code, period_id,
    coalesce(sum(fte) filter (
        where not is_there and role_start_date <= census_day - interval 1 year
    ), 0),
    count(*) filter (where is_there or role_start_date <= census_day - interval 1 year)
from census where not is_agency_worker group by all;

select 'rees_int_stable_workforce_manager_turnover', local_authority_code, period_id,
    count(*) filter (where not is_there), count(*)
from census where not is_agency_worker and org_role_code in ('1', '2', '3') group by all;
