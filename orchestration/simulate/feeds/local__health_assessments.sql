select
    getvariable('authority') as la_code,
    getvariable('exported_on') as extract_date,
    'health_team' as source_system,
    'HC' || checks.health_check_id as assessment_id,
    children.person_id as child_id,
    checks.check_type_code as assessment_type_code,
    checks.due_date,
    known(checks.check_date) as completed_date,
    checks.check_status_code as assessment_status_code
from world.health_checks as checks
inner join world.children on checks.child_id = children.child_id
where checks.local_authority_code = getvariable('authority')
order by checks.health_check_id
