select
    local_authority_code,
    child_id,
    return_year,
    make_date(return_year, 3, 31) as score_date,
    sdq_total_score,
    sdq_reason_code,
    'ssda903' as record_source,
    _file_sha256,
    _row_number
from {{ newest_records('ssda903__oc2', 'return_year') }}
