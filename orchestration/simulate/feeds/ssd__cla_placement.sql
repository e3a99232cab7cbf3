select
    placements.placement_id as clap_cla_placement_id,
    children.person_id as clap_person_id,
    placements.care_period_id as clap_cla_id,
    placements.placement_start_date as clap_cla_placement_start_date,
    as_coded('placement_type', placements.placement_type_code) as clap_cla_placement_type,
    placements.ofsted_urn as clap_cla_placement_urn,
    round(coalesce(placements.placement_distance_miles, 999.9), 1) as clap_cla_placement_distance,
    placements.placement_provider_code as clap_cla_placement_provider,
    placements.placement_postcode as clap_cla_placement_postcode,
    known(placements.placement_end_date) as clap_cla_placement_end_date,
    case when known(placements.placement_end_date) is not null
        then placements.placement_change_reason_code
    end as clap_cla_placement_change_reason
from world.placements
inner join children_known() as children on placements.child_id = children.child_id
where placements.placement_start_date <= getvariable('as_known_on')
order by clap_cla_placement_id
