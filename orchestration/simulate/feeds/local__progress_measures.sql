select
    getvariable('authority') as la_code,
    getvariable('exported_on') as extract_date,
    'performance_team' as source_system,
    records.measure_code,
    records.tool_code,
    records.measure_name,
    records.domain_code,
    records.subject_type_code,
    records.minimum_score,
    records.maximum_score,
    records.is_higher_better,
    records.improvement_points,
    records.concern_threshold,
    records.standard_deviation,
    records.reliability,
    records.minimum_gap_days,
    records.minimum_age_months,
    records.maximum_age_months,
    records.service_area_code,
    records.valid_from_date,
    records.valid_to_date
from world.progress_measures as records
where records.local_authority_code = getvariable('authority')
order by records.measure_code
