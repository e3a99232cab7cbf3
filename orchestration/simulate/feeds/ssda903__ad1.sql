-- Children adopted in the year.
select
    children.looked_after_number as child,
    children.date_of_birth as dob,
    journeys.adoption_decision_date as date_int,
    journeys.matched_date as date_match,
    journeys.is_adopted_by_former_carer as foster_care,
    journeys.adopter_count as nb_adoptr,
    journeys.adopter_sex_code as sex_adoptr,
    journeys.adopter_legal_status_code as ls_adoptr
from world.adoption_journeys as journeys
inner join world.children on journeys.child_id = children.child_id
where
    journeys.local_authority_code = getvariable('authority')
    and on_day(journeys.permanence_order_date)
order by child
