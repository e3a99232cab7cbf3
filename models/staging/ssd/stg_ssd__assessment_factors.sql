select
    local_authority_code,
    exported_date,
    cinf_table_id as assessment_factors_id,
    cinf_assessment_id as assessment_id,
    cinf_assessment_factors_json as factor_codes,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__assessment_factors') }}
