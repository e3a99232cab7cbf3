select
    getvariable('authority') as la_code,
    getvariable('exported_on') as extract_date,
    'board_office' as source_system,
    records.activity_id,
    records.activity_type_code,
    records.group_code,
    records.title_text,
    records.service_code,
    records.activity_date,
    records.completed_date,
    records.activity_status_code,
    records.quality_grade_code
from world.board_activities as records
where records.local_authority_code = getvariable('authority')
order by records.activity_id
