select
    children.looked_after_number as child,
    children.date_of_birth as dob,
    positions.sdq_total_score as sdq_score,
    positions.sdq_reason_code as sdq_reason,
    positions.is_convicted_or_cautioned as convicted,
    positions.is_development_check_up_to_date as health_check,
    positions.is_immunisation_up_to_date as immunisations,
    positions.is_dental_check_done as teeth_check,
    positions.is_health_assessment_done as health_assessment,
    positions.is_substance_misuse_identified as substance_misuse,
    positions.is_intervention_received as intervention_received,
    positions.is_intervention_offered as intervention_offered
from world.yearly_positions as positions
inner join world.children on positions.child_id = children.child_id
where
    positions.local_authority_code = getvariable('authority')
    and positions.return_year = getvariable('year')
order by child
