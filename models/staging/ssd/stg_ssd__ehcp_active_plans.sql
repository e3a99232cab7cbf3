select
    local_authority_code,
    exported_date,
    ehcp_active_ehcp_id as education_plan_id,
    ehcp_ehcp_request_id as request_id,
    ehcp_active_ehcp_last_review_date as latest_review_date,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__ehcp_active_plans') }}
