-- Incidents with a record of their own, with the missing spells and offences of the same children.
with every_incident as (
    select
        incident_id,
        involvement_number,
        incident_type_code,
        child_id,
        family_id,
        incident_role_code,
        incident_date,
        started_at,
        ended_at,
        incident_setting_code,
        recorded_by_agency_code,
        offence_outcome_code,
        follow_up_date,
        local_authority_code
    from world.incidents
    union all
    select
        'M' || missing_episode_id,
        1,
        if(missing_type_code = 'M', 'missing', 'away'),
        child_id,
        null,
        'subject',
        missing_start_date,
        missing_started_at,
        missing_ended_at,
        if(is_in_care, 'placement', 'home'),
        'police',
        null,
        if(is_return_interview_accepted, known(missing_end_date + 2), null),
        local_authority_code
    from world.missing_episodes
    where missing_start_date <= getvariable('as_known_on')
    union all
    select
        'O' || offence_id,
        1,
        'offence',
        child_id,
        null,
        'responsible',
        offence_date,
        null,
        null,
        'community',
        'youth_justice',
        if(outcome_date <= getvariable('as_known_on'), offence_outcome_code, 'pending'),
        null,
        local_authority_code
    from world.offences
    where offence_date <= getvariable('as_known_on')
)

select
    getvariable('authority') as la_code,
    getvariable('exported_on') as extract_date,
    'case_system' as source_system,
    incidents.incident_id,
    incidents.involvement_number,
    incidents.incident_type_code,
    children.person_id as child_id,
    incidents.family_id,
    incidents.incident_role_code,
    incidents.incident_date,
    incidents.started_at,
    incidents.ended_at,
    incidents.incident_setting_code,
    incidents.recorded_by_agency_code,
    incidents.offence_outcome_code,
    incidents.follow_up_date
from every_incident as incidents
left join world.children on incidents.child_id = children.child_id
where incidents.local_authority_code = getvariable('authority')
order by incidents.incident_id, incidents.involvement_number
