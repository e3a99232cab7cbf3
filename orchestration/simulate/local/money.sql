-- Spend by line and month: placements as they were priced, the rest by what drives it.

create temp table placement_weeks as
select
    costs.local_authority_code,
    months.month_start_date,
    homes.setting_kind || '_weeks' as driver,
    sum(greatest(0, least(still(costs.cost_end_date), last_day(months.month_start_date) + 1)
        - greatest(costs.cost_start_date, months.month_start_date)) / 7.0) as driver_units,
    sum(costs.weekly_cost_gbp * greatest(0, least(still(costs.cost_end_date), last_day(months.month_start_date) + 1)
        - greatest(costs.cost_start_date, months.month_start_date)) / 7.0) as amount_gbp
from world.placement_costs as costs
inner join placement_homes as homes on costs.placement_id = homes.placement_id
inner join months
    on costs.cost_start_date <= last_day(months.month_start_date)
    and still(costs.cost_end_date) > months.month_start_date
group by all;

insert into world.spend_lines
with drivers as (
    select local_authority_code, month_start_date, driver, driver_units, amount_gbp from placement_weeks
    union all
    select local_authority_code, month_start_date, service_status_code, count(*), null from child_months group by all
    union all
    select local_authority_code, month_start_date, if(employment_type_code = 'agency', 'agency_fte', 'social_work_fte'), count(*), null
    from staff_months
    where staff_group_code in ('qualified_social_worker', 'manager')
    group by all
    union all
    select local_authority_code, month_start_date, 'fixed', 1, null from world.authorities cross join months
),

outturn as (
    select
        drivers.local_authority_code,
        drivers.month_start_date,
        list.service_line_code,
        list.ro3_line_code,
        list.spend_type_code,
        list.cost_unit_code,
        coalesce(drivers.amount_gbp, drivers.driver_units * list.gbp_a_month) as amount_gbp,
        drivers.driver_units,
        concat_ws(' ', drivers.local_authority_code, list.service_line_code, list.spend_type_code, list.driver) as line_key
    from local_spend as list
    inner join drivers on list.driver = drivers.driver
    where last_day(drivers.month_start_date) <= getvariable('as_at')
),

with_bases as (
    select *, 'outturn' as basis_code, amount_gbp * exp(0.03 * normal('spend', concat_ws(' ', line_key, month_start_date))) as amount
    from outturn
    union all
    -- The budget is a twelfth of the year, set a little too low where demand rises.
    select *, 'budget',
        avg(amount_gbp) over (partition by line_key, return_year(month_start_date)) * (0.97 + 0.04 * draw('budget', line_key))
    from outturn
    union all
    select *, 'forecast', amount_gbp * (0.98 + 0.05 * draw('forecast', line_key))
    from outturn
    where month_start_date >= date_trunc('month', getvariable('as_at')) - interval 12 month
)

select
    local_authority_code,
    row_number() over (order by line_key, month_start_date, basis_code) as spend_line_id,
    month_start_date as period_start_date,
    last_day(month_start_date) as period_end_date,
    service_line_code,
    ro3_line_code,
    null as service_code,
    spend_type_code,
    basis_code,
    round(amount, 2) as amount_gbp,
    case when cost_unit_code is not null and basis_code = 'outturn' then round(driver_units, 1) end as activity_units,
    case when basis_code = 'outturn' then cost_unit_code end as cost_unit_code
from with_bases
order by spend_line_id;
