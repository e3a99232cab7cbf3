select
    episodes.early_help_episode_id as earl_episode_id,
    children.person_id as earl_person_id,
    episodes.episode_start_date as earl_episode_start_date,
    known(episodes.episode_end_date) as earl_episode_end_date,
    episodes.start_reason as earl_episode_reason,
    case when known(episodes.episode_end_date) is not null then episodes.end_reason end
        as earl_episode_end_reason,
    episodes.lead_organisation as earl_episode_organisation,
    staff.professional_id as earl_episode_worker_id
from world.early_help_episodes as episodes
inner join children_known() as children on episodes.child_id = children.child_id
left join world.staff on episodes.worker_id = staff.worker_id
where in_period(episodes.episode_start_date, episodes.episode_end_date)
order by earl_episode_id
