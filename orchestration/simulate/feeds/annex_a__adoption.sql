-- List 10: children with an adoption decision in force in twelve months: the latest of each child.
select
    listed.child_id,
    'F' || journeys.family_id as family_id,
    listed.* exclude (child_key, child_id),
    periods.period_start_date as date_the_child_entered_care,
    journeys.adoption_decision_date,
    known(journeys.placement_order_date) as date_of_placement_order,
    known(journeys.matched_date) as matched_date,
    known(journeys.placed_for_adoption_date) as date_placed_for_adoption,
    known(journeys.permanence_order_date) as date_of_adoption_order,
    known(journeys.decision_reversed_date) as adoption_decision_reversed_date,
    case when known(journeys.decision_reversed_date) is not null
        then as_listed('annex_a_adoption_reversal', journeys.decision_reversed_reason_code)
    end as adoption_decision_reversed_reason,
    known(journeys.early_permanence_date) as placed_ffa_or_concurrent_date
from world.adoption_journeys as journeys
inner join world.care_periods as periods on journeys.care_period_id = periods.care_period_id
inner join listed_children() as listed on journeys.child_id = listed.child_key
where touches_months(
    12,
    journeys.adoption_decision_date,
    coalesce(journeys.permanence_order_date, journeys.decision_reversed_date, periods.period_end_date)
)
qualify
    row_number() over (
        partition by journeys.child_id order by journeys.adoption_decision_date desc
    ) = 1
order by listed.child_id
