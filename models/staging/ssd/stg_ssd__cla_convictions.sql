select
    local_authority_code,
    exported_date,
    clac_person_id as person_key,
    clac_cla_conviction_id as conviction_id,
    clac_cla_conviction_date as offence_date,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__cla_convictions') }}
