select
    local_authority_code,
    exported_date,
    send_person_id as person_key,
    send_table_id as special_needs_record_id,
    send_upn as upn_key,
    send_upn_unknown as upn_unknown_code,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__send') }}
