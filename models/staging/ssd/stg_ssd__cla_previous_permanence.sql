select
    local_authority_code,
    exported_date,
    lapp_person_id as person_key,
    lapp_table_id as previous_permanence_id,
    lapp_previous_permanence_option as previous_permanence_code,
    lapp_previous_permanence_order_date as order_date_text,
    lapp_previous_permanence_la as order_authority,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__cla_previous_permanence') }}
