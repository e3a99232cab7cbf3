select
    local_authority_code,
    exported_date,
    source_system,
    family_id as family_key,
    person_id as person_key,
    member_role_code,
    date_of_birth,
    joined_date,
    left_date,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('local__family_members') }}
