select
    local_authority_code,
    milestone_id,
    milestone_type_code,
    stage_code,
    judgement_code,
    title_text,
    indicator_id,
    service_code,
    zone_code,
    start_date,
    end_date,
    _file_sha256,
    _row_number
from {{ ref('stg_local__milestones') }}
-- Two senders may keep the same list: the row of the later export counts.
qualify row_number() over (
    partition by local_authority_code, milestone_id
    order by exported_date desc nulls last, source_system asc, _row_number desc
) = 1
