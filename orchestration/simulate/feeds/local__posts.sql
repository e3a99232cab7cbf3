select
    getvariable('authority') as la_code,
    getvariable('exported_on') as extract_date,
    'hr_system' as source_system,
    post_id,
    team_id,
    staff_group_code,
    budgeted_fte,
    required_credential_code,
    required_level,
    post_start_date as start_date,
    known(post_end_date) as end_date
from world.posts
where
    local_authority_code = getvariable('authority')
    and post_start_date <= getvariable('as_known_on')
order by post_id
