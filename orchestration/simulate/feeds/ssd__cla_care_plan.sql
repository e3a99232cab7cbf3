with planned as (
    select
        periods.*,
        children.person_id,
        as_listed('annex_a_permanence_plan', periods.permanence_plan) as plan
    from world.care_periods as periods
    inner join children_known() as children on periods.child_id = children.child_id
    where
        periods.permanence_plan is not null
        and periods.period_start_date <= getvariable('as_known_on')
)

select
    care_period_id as lacp_table_id,
    person_id as lacp_person_id,
    period_start_date as lacp_cla_care_plan_start_date,
    known(period_end_date) as lacp_cla_care_plan_end_date,
    false as lacp_remainsup,
    false as lacp_return1m,
    plan = 'a) Return to family' as lacp_return6m,
    false as lacp_returnev,
    plan = 'c) SGO/CAO' as lacp_ltrelfr,
    plan = 'f) Long-term fostering' as lacp_ltfost18,
    plan = 'e) Long-term residential placement' as lacp_resplmt,
    plan = 'd) Supported living in the community' as lacp_suppliv,
    plan = 'b) Adoption' as lacp_adoption,
    plan = 'g) Other' as lacp_otherpln
from planned
order by lacp_table_id
