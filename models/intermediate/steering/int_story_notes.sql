select
    local_authority_code,
    story_note_id,
    note_type_code,
    indicator_id,
    outcome_id,
    service_code,
    period_end_date,
    note_date,
    factor_direction_code,
    evidence_source_code,
    author_role,
    note_text,
    link_text,
    _file_sha256,
    _row_number
from {{ ref('stg_local__story_notes') }}
-- Two senders may keep the same list: the row of the later export counts.
qualify row_number() over (
    partition by local_authority_code, story_note_id
    order by exported_date desc nulls last, source_system asc, _row_number desc
) = 1
