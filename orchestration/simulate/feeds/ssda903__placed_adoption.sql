-- Decisions in force in the year, of children looked after in it.
select
    children.looked_after_number as child,
    children.date_of_birth as dob,
    journeys.adoption_decision_date as date_placed,
    known(journeys.decision_reversed_date) as date_placed_ceased,
    case
        when known(journeys.decision_reversed_date) is not null
            then journeys.decision_reversed_reason_code
    end as reason_placed_ceased
from world.adoption_journeys as journeys
inner join world.children on journeys.child_id = children.child_id
inner join world.care_periods as periods on journeys.care_period_id = periods.care_period_id
where
    journeys.local_authority_code = getvariable('authority')
    and in_period(journeys.adoption_decision_date, journeys.decision_reversed_date)
    and in_period(periods.period_start_date, periods.period_end_date)
order by child, date_placed
