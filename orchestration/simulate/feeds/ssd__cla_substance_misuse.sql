select
    records.substance_misuse_id as clas_substance_misuse_id,
    children.person_id as clas_person_id,
    records.recorded_date as clas_substance_misuse_date,
    records.substance as clas_substance_misused,
    records.is_intervention_received as clas_intervention_received
from world.substance_misuse as records
inner join children_known() as children on records.child_id = children.child_id
where records.is_identified and on_day(records.recorded_date)
order by clas_substance_misuse_id
