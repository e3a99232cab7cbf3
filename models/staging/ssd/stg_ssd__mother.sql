select
    local_authority_code,
    exported_date,
    moth_person_id as person_key,
    moth_table_id as mother_id,
    moth_childs_person_id as child_key,
    moth_childs_dob as child_date_of_birth,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__mother') }}
