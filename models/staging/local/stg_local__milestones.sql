select
    local_authority_code,
    exported_date,
    source_system,
    milestone_id,
    milestone_type_code,
    stage_code,
    judgement_code,
    title_text,
    indicator_id,
    service_code,
    zone_code,
    start_date,
    end_date,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('local__milestones') }}
