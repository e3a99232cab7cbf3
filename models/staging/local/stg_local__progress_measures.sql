select
    local_authority_code,
    exported_date,
    source_system,
    measure_code,
    tool_code,
    measure_name,
    domain_code,
    subject_type_code,
    minimum_score,
    maximum_score,
    is_higher_better,
    improvement_points,
    concern_threshold,
    standard_deviation,
    reliability,
    minimum_gap_days,
    minimum_age_months,
    maximum_age_months,
    service_area_code,
    valid_from_date,
    valid_to_date,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('local__progress_measures') }}
