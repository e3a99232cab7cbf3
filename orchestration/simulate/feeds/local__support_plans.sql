select
    getvariable('authority') as la_code,
    getvariable('exported_on') as extract_date,
    'case_system' as source_system,
    records.support_item_id,
    records.person_id,
    children.person_id as child_id,
    records.need_type_code,
    records.assessment_id,
    records.assessed_date,
    records.plan_start_date,
    records.needed_by_date,
    records.legal_basis_code,
    records.service_code,
    records.support_start_date,
    records.support_end_date,
    records.need_status_code,
    records.status_date,
    records.closed_date
from world.support_plans as records
left join world.children on records.child_id = children.child_id
where records.local_authority_code = getvariable('authority')
order by records.support_item_id
