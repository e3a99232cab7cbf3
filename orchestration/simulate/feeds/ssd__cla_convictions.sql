select
    offences.offence_id as clac_cla_conviction_id,
    children.person_id as clac_person_id,
    offences.offence_date as clac_cla_conviction_date,
    'Offence' as clac_cla_conviction_offence
from world.offences
inner join children_known() as children on offences.child_id = children.child_id
where
    offences.is_convicted_or_cautioned
    and offences.outcome_date <= getvariable('as_known_on')
order by clac_cla_conviction_id
