select
    local_authority_code,
    exported_date,
    dept_team_id as team_id,
    dept_team_name as team_name,
    dept_team_parent_id as parent_team_id,
    dept_team_parent_name as parent_team_name,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__department') }}
