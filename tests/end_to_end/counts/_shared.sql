-- What the counts share: the years that are counted, and who is there on their last day. Written
-- from the definitions of the catalogue and the lives alone; nothing of the pipeline is looked at.
create temp view years as
select
    period_id,
    reporting_year,
    period_start as first_day,
    next_period_start - 1 as last_day
from counts.periods
where period_type = 'year';

create temp view care as
select care_periods.*, residents.date_of_birth
from world.care_periods
inner join (select child_id, date_of_birth from world.residents) as residents using (child_id)
where not is_short_breaks_only;

-- Looked after on the last day of the year and under 18 on it.
create temp view in_care as
select years.*, care.*
from years
inner join care
    on period_start_date <= last_day
    and coalesce(period_end_date > last_day, true)
    and date_of_birth + interval 18 year > last_day;

create temp view on_plan as
select years.*, plans.*
from years
inner join world.protection_plans as plans
    on plan_start_date <= last_day and coalesce(plan_end_date > last_day, true);

create temp view in_need as
select years.*, needs.*
from years
inner join counts.in_need as needs
    on referral_date <= last_day and coalesce(closure_date > last_day, true);

create temp view referred as
select years.*, referrals.*
from years
inner join world.referrals on referral_date between first_day and last_day;

create temp view assessed as
select years.*, assessments.*
from years
inner join world.assessments on assessment_authorised_date between first_day and last_day;

-- Looked after on every day of the year.
create temp view in_care_all_year as
select * from in_care where period_start_date <= first_day;

-- In need, on a plan or looked after on the last day, under 18.
create temp view known as
select distinct period_id, reporting_year, first_day, last_day, local_authority_code, child_id
from in_care
union
select period_id, reporting_year, first_day, last_day, local_authority_code, child_id from on_plan
union
select period_id, reporting_year, first_day, last_day, local_authority_code, child_id from in_need;
