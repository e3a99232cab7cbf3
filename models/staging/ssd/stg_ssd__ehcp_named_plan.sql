select
    local_authority_code,
    exported_date,
    ehcn_named_plan_id as named_plan_id,
    ehcn_ehcp_asmt_id as education_assessment_id,
    ehcn_named_plan_start_date as plan_start_date,
    ehcn_named_plan_ceased_date as plan_end_date,
    ehcn_named_plan_ceased_reason as plan_end_reason,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__ehcp_named_plan') }}
