select
    local_authority_code,
    team_id,
    team_name,
    parent_team_id as service_id,
    parent_team_name as service_name,
    _file_sha256,
    _row_number
from {{ ref('stg_ssd__department') }}
where team_id is not null
-- The same team in two exports: the later line counts.
qualify row_number() over (
    partition by local_authority_code, team_id
    order by exported_date desc nulls last, _file_sha256 asc, _row_number desc
) = 1
