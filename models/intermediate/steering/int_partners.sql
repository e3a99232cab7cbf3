select
    local_authority_code,
    partner_role_id,
    agency_code,
    outcome_id,
    indicator_id,
    service_code,
    role_text,
    start_date,
    end_date,
    _file_sha256,
    _row_number
from {{ ref('stg_local__partners') }}
-- Two senders may keep the same list: the row of the later export counts.
qualify row_number() over (
    partition by local_authority_code, partner_role_id
    order by exported_date desc nulls last, source_system asc, _row_number desc
) = 1
