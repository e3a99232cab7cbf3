select
    local_authority_code,
    exported_date,
    ehca_ehcp_assessment_id as education_assessment_id,
    ehca_ehcp_request_id as request_id,
    ehca_ehcp_assessment_outcome_date as outcome_date,
    ehca_ehcp_assessment_outcome as outcome,
    ehca_ehcp_assessment_exceptions as exception,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__ehcp_assessment') }}
