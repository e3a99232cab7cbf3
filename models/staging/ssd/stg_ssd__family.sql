select
    local_authority_code,
    exported_date,
    fami_person_id as person_key,
    fami_table_id as family_member_id,
    fami_family_id as family_key,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__family') }}
