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


-- Episodes of care away from the parents, and the one of the last day.
create temp view away_from_home as
select episodes.*
from world.care_episodes as episodes
inner join (select care_period_id, is_short_breaks_only from world.care_periods)
    using (care_period_id)
where not is_short_breaks_only and placement_type_code <> 'P1';

create temp view away_on_day as
select in_care.*, placement_id, placement_type_code
from in_care
inner join (
    select
        care_period_id, placement_id, placement_type_code, episode_start_date, episode_end_date
    from away_from_home
) as episodes using (care_period_id)
where episode_start_date <= last_day and coalesce(episode_end_date > last_day, true);

-- Whole times away from the parents, one after the other without a day between.
create temp view stays as
select local_authority_code, child_id, care_period_id, begins, max(ends) as ends
from (
    select
        *,
        coalesce(episode_end_date, date '9999-12-31') as ends,
        max(episode_start_date) filter (where is_new) over (
            partition by care_period_id order by episode_start_date
        ) as begins
    from (
        select *, coalesce(episode_start_date > lag(episode_end_date) over (
            partition by care_period_id order by episode_start_date
        ), true) as is_new
        from away_from_home
    )
)
group by all;
