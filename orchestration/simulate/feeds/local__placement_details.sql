select
    getvariable('authority') as la_code,
    getvariable('exported_on') as extract_date,
    'placements_team' as source_system,
    children.person_id as child_id,
    records.placement_start_date,
    records.placement_end_date,
    records.carer_or_home_id,
    records.ofsted_urn,
    records.is_registered,
    records.approved_place_count,
    records.approved_minimum_age,
    records.approved_maximum_age,
    records.approved_use_codes,
    records.placement_use_code,
    records.exemption_start_date,
    records.exemption_end_date,
    records.sibling_group_id,
    records.sibling_plan_code
from world.placement_details as records
left join world.children on records.child_id = children.child_id
where records.local_authority_code = getvariable('authority')
order by records.placement_id
