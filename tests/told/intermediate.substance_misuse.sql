-- key: record_source, child_id, recorded_date, return_year
select
    'ssda903' as record_source,
    who.child_id,
    cast(null as date) as recorded_date,
    positions.return_year,
    positions.is_substance_misuse_identified as is_identified,
    positions.is_intervention_received,
    positions.is_intervention_offered
from who
inner join world.yearly_positions as positions on who.lived_id = positions.child_id
union all
select
    'ssd', who.child_id, records.recorded_date, null, true, records.is_intervention_received, null
from who
inner join world.substance_misuse as records on who.lived_id = records.child_id
where records.is_identified and on_day(records.recorded_date)
