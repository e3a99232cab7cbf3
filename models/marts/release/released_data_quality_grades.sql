select
    local_authority_code,
    source_id,
    source_extract,
    return_year,
    reporting_year,
    period,
    is_late,
    has_shrunk,
    dq_grade,
    reason
from {{ ref('data_quality_grades') }}
-- Of several lists of different months, the last.
qualify row_number() over (
    partition by local_authority_code, source_extract, period order by covered_to desc
) = 1
