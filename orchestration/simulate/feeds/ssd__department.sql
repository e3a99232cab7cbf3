select
    team_id as dept_team_id,
    team_name as dept_team_name,
    service_code as dept_team_parent_id,
    services.service_name as dept_team_parent_name
from world.teams
left join world.services using (service_code)
where teams.local_authority_code = getvariable('authority')
order by dept_team_id
