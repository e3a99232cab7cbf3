select unnest(['dorset_child_protection_plan_number', 'dorset_child_protection_plan_rate']),
    local_authority_code, period_id, count(distinct child_id), null
from on_plan group by all;

select 'torfaen_cpp_2yrs_active', local_authority_code, period_id,
    count(*) filter (where last_day - plan_start_date > 729), count(*)
from on_plan group by all;

select 'torfaen_cpp_2yrs_ceased', local_authority_code, period_id,
    count(*) filter (where plan_end_date - plan_start_date > 729), count(*)
from years
inner join world.protection_plans on plan_end_date between first_day and last_day
group by all;

select unnest(['torfaen_cpp_repeat', 'rees_child_safe_repeat_cpp']),
    local_authority_code, period_id, count(*) filter (where previous_plan_count > 0), count(*)
from years
inner join world.protection_plans on plan_start_date between first_day and last_day
group by all;

select 'rees_int_identify_risk_harm_s47_rate', local_authority_code, period_id, count(*), null
from years
inner join world.section_47_enquiries on enquiry_start_date between first_day and last_day
group by all;

-- Of the enquiries that began up to 20 working days before the last day.
select 'rees_int_identify_risk_harm_s47_to_conference', local_authority_code, period_id,
    count(initial_conference_date), count(*)
from (
    select *, (
        select min(day) from (
            select day from working_days where day <= last_day order by day desc limit 21
        )
    ) as until_day
    from years
) as windows
inner join world.section_47_enquiries
    on enquiry_start_date <= until_day and enquiry_start_date > until_day - interval 1 year
group by all;

select 'rees_int_identify_risk_harm_repeat_s47_after_nfa', local_authority_code, period_id,
    count(*) filter (where exists (
        select 1 from world.section_47_enquiries as again
        where again.child_id = firsts.child_id
            and again.enquiry_start_date - firsts.enquiry_start_date between 1 and 365
    )), count(*)
from (
    select period_id, local_authority_code, child_id, min(enquiry_start_date) as enquiry_start_date
    from years
    inner join world.section_47_enquiries
        on enquiry_start_date between first_day - interval 1 year and last_day - interval 1 year
    where is_conference_not_required
    group by all
) as firsts
group by all;

select 'rees_int_multi_agency_icpc_15_working_days', local_authority_code, period_id,
    count(*) filter (where working_days <= 15), count(*)
from (
    select *, (
        select count(*) from working_days
        where day > enquiry_start_date and day <= initial_conference_date
    ) as working_days
    from years
    inner join world.section_47_enquiries
        on initial_conference_date between first_day and last_day
)
group by all;

-- The first step down or closure of the year before, and the same or a higher service in the year
-- after it.
select 'rees_int_support_level_return_after_step_down', local_authority_code, period_id,
    count(*) filter (where exists (
        select 1 from care as again
        where again.child_id = firsts.child_id
            and again.period_start_date - on_day between 1 and 365
    ) or kind = 'closed' and exists (
        select 1 from world.referrals as again
        where again.child_id = firsts.child_id and not is_no_further_action
            and again.referral_date - on_day between 1 and 365
    ) or kind = 'stepped down' and exists (
        select 1 from world.protection_plans as again
        where again.child_id = firsts.child_id and again.plan_start_date - on_day between 1 and 365
    )), count(*)
from (
    select period_id, happened.local_authority_code, child_id, min(on_day) as on_day,
        arg_min(kind, (on_day, kind)) as kind
    from years
    inner join (
        select local_authority_code, child_id, closure_date as on_day, 'closed' as kind
        from world.referrals
        where closure_reason_code in ('RC3', 'RC4', 'RC6', 'RC7', 'RC9')
        union all
        select plans.local_authority_code, plans.child_id, plan_end_date, 'stepped down'
        from world.protection_plans as plans
        inner join world.referrals using (referral_id)
        where closure_date is null or closure_date > plan_end_date + 1
    ) as happened
        on on_day between first_day - interval 1 year and last_day - interval 1 year
    group by all
) as firsts
group by all;
