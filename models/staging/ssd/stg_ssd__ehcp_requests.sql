select
    local_authority_code,
    exported_date,
    ehcr_ehcp_request_id as request_id,
    ehcr_send_table_id as special_needs_record_id,
    ehcr_ehcp_req_date as request_date,
    ehcr_ehcp_req_outcome_date as outcome_date,
    ehcr_ehcp_req_outcome as outcome,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__ehcp_requests') }}
