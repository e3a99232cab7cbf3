-- List 6: everyone who is, or was in six months, a child in need, and care leavers.
with served as (
    select *
    from world.referrals
    where
        local_authority_code = getvariable('authority')
        and not is_no_further_action
        and touches_months(6, referral_date, closure_date)
    qualify row_number() over (partition by child_id order by referral_date desc, referral_id desc) = 1
),

leaving as (
    select
        child_id,
        min(spell_start_date) as spell_start_date
    from world.leaving_care_spells
    where
        local_authority_code = getvariable('authority')
        and touches_months(6, spell_start_date, spell_end_date)
    group by child_id
),

seen as (
    select child_id, max(visit_date) as last_seen_date
    from world.visits
    where is_child_seen and visit_date <= getvariable('as_known_on')
    group by child_id
),

in_care as (
    select distinct child_id from world.care_periods
    where is_open(period_start_date, period_end_date)
),

on_plan as (
    select distinct child_id from world.protection_plans
    where is_open(plan_start_date, plan_end_date)
),

in_need as (
    select distinct child_id from world.child_in_need_plans
    where is_open(plan_start_date, plan_end_date)
)

select
    listed.* exclude (child_key),
    coalesce(served.referral_date, leaving.spell_start_date) as cin_start_date,
    as_listed('annex_a_primary_need', served.primary_need_code) as primary_need_code,
    seen.last_seen_date as date_child_was_last_seen,
    known(served.closure_date) as cin_closure_date,
    case when known(served.closure_date) is not null
        then as_listed('annex_a_cin_closure', case served.closure_reason_code
            when 'RC9' then 'RC8' else served.closure_reason_code end)
    end as reason_for_closure,
    case
        when known(served.closure_date) is not null then 'e) Closed episode'
        when in_care.child_id is not null then 'a) Looked after child'
        when on_plan.child_id is not null then 'b) Child Protection plan'
        when in_need.child_id is not null then 'c) Child in need plan'
        when served.child_id is not null then 'd) Open assessment'
    end as case_status,
    holders.allocated_team,
    holders.allocated_worker
from listed_children() as listed
left join served on listed.child_key = served.child_id
left join leaving on listed.child_key = leaving.child_id
left join seen on listed.child_key = seen.child_id
left join in_care on listed.child_key = in_care.child_id
left join on_plan on listed.child_key = on_plan.child_id
left join in_need on listed.child_key = in_need.child_id
left join holders() as holders on listed.child_key = holders.child_key
where served.child_id is not null or leaving.child_id is not null
order by child_id
