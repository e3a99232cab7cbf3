-- key: record_source, child_id, offence_date, return_year, offence_of_day
-- made: record_source, child_id, offence_date, return_year, is_convicted_or_cautioned, offence_outcome_code, row_number() over (partition by record_source, child_id, offence_date, return_year order by offence_outcome_code) as offence_of_day
select
    'ssda903' as record_source,
    who.child_id,
    cast(null as date) as offence_date,
    positions.return_year,
    positions.is_convicted_or_cautioned,
    null as offence_outcome_code,
    1 as offence_of_day
from who
inner join world.yearly_positions as positions on who.lived_id = positions.child_id
where positions.is_convicted_or_cautioned is not null
union all
-- The nightly dataset holds what was proved, and the day of it but not how it ended.
select
    'ssd', who.child_id, offences.offence_date, null, true, null,
    row_number() over (partition by who.child_id, offences.offence_date)
from who
inner join world.offences on who.lived_id = offences.child_id
where offences.is_convicted_or_cautioned and offences.outcome_date <= getvariable('as_known_on')
union all
-- The youth justice system holds every offence, with its outcome once it is known.
select
    'local', everyone.child_id, offences.offence_date, null,
    if(
        offences.outcome_date <= getvariable('as_known_on'), offences.is_convicted_or_cautioned, null
    ),
    if(
        offences.outcome_date <= getvariable('as_known_on'), offences.offence_outcome_code, 'pending'
    ),
    row_number() over (
        partition by everyone.child_id, offences.offence_date order by offences.offence_outcome_code
    )
from everyone
inner join world.offences on everyone.lived_id = offences.child_id
where offences.offence_date <= getvariable('as_known_on')
