-- Values whose lower line is neither one nor a count of records: sums over sums, and medians. By
-- authority and year, from what staff.sql and workforce.sql have counted.
select 'rees_int_infrastructure_average_caseload', local_authority_code, period_id,
    sum(case_count) / sum(fte)
from census_cases
where case_count > 0 and fte > 0
group by all
union all
-- A year with a 29 February has a working day more.
select 'rees_int_motivated_absence_rate', local_authority_code, period_id,
    100 * sum(days_lost) / sum(fte * if(on_day - (on_day - interval 1 year)::date = 366, 254, 253))
from census_absence
group by all
union all
select 'rees_int_stable_workforce_vacancy', local_authority_code, period_id,
    100 * vacant_fte / (vacant_fte + filled_fte)
from census_vacancies
union all
select 'rees_int_stable_workforce_agency', local_authority_code, period_id,
    100 * coalesce(sum(fte) filter (where is_agency_worker), 0) / sum(fte)
from census where is_there group by all
union all
select 'rees_int_stable_workforce_turnover', local_authority_code, period_id,
    100 * coalesce(sum(fte) filter (
        where not is_there and role_start_date <= census_day - interval 1 year
    ), 0) / sum(fte) filter (where is_there)
from census where not is_agency_worker group by all
union all
select 'rees_int_stable_workforce_manager_turnover', local_authority_code, period_id,
    100 * count(*) filter (where not is_there) / count(*) filter (where is_there)
from census where not is_agency_worker and org_role_code in ('1', '2', '3') group by all
union all
select case staff_group_code
        when 'qualified_social_worker' then 'pif_7_3_a' when 'other_fieldwork' then 'pif_7_3_b'
    end, local_authority_code, period_id, sum(days_lost) / sum(fte)
from year_of_absence
where staff_group_code in ('qualified_social_worker', 'other_fieldwork')
group by all
union all
select 'pif_7_1', local_authority_code, period_id, median(years_served)
from serving_social_workers group by all
union all
select 'pif_7_2', local_authority_code, period_id, median((last_day - employed_from_date) / 365.25)
from staff_on_day
where staff_group_code = 'other_fieldwork' and not is_agency_worker
group by all
