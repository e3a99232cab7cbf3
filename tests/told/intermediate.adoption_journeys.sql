-- key: child_id, journey_date
select
    who.child_id,
    journeys.adoption_decision_date as journey_date,
    journeys.adoption_decision_date,
    journeys.decision_reversed_date,
    journeys.decision_reversed_reason_code,
    journeys.placement_order_date,
    journeys.matched_date,
    journeys.placed_for_adoption_date,
    journeys.early_permanence_date,
    journeys.permanence_order_date,
    journeys.is_adopted_by_former_carer,
    journeys.adopter_count,
    journeys.adopter_sex_code,
    journeys.adopter_legal_status_code,
    journeys.siblings_placed_together_count,
    journeys.siblings_placed_apart_count
from who
inner join world.adoption_journeys as journeys on who.lived_id = journeys.child_id
union all
-- Special guardianship and child arrangements orders need no decision on adoption.
select
    who.child_id,
    periods.period_end_date,
    null, null, null, null, null, null, null,
    periods.period_end_date,
    null, null, null, null, null, null
from who
inner join world.care_periods as periods on who.lived_id = periods.child_id
where periods.period_end_reason_code in ('E41', 'E43', 'E44', 'E45', 'E46', 'E47', 'E48')
