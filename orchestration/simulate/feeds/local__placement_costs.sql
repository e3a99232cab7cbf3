select
    getvariable('authority') as la_code,
    getvariable('exported_on') as extract_date,
    'finance_system' as source_system,
    children.person_id as child_id,
    records.placement_start_date,
    records.cost_start_date,
    records.cost_end_date,
    records.provider_code,
    records.procurement_code,
    records.weekly_cost_gbp,
    records.weekly_health_gbp,
    records.weekly_education_gbp
from world.placement_costs as records
left join world.children on records.child_id = children.child_id
where records.local_authority_code = getvariable('authority')
order by records.placement_id, records.cost_start_date
