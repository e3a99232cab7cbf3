select
    local_authority_code,
    exported_date,
    senn_table_id as special_need_id,
    senn_active_ehcp_id as education_plan_id,
    senn_active_ehcp_need_type as need_type,
    senn_active_ehcp_need_rank as need_rank,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__sen_need') }}
