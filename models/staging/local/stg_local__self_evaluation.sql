select
    local_authority_code,
    exported_date,
    source_system,
    instrument_code,
    standard_code,
    area_number,
    vision_heading_code,
    assessment_date,
    rater_code,
    is_applicable,
    grade,
    evidence_text,
    author_role,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('local__self_evaluation') }}
