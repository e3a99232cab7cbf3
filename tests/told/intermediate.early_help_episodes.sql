-- key: child_id, episode_start_date
select
    who.child_id,
    episodes.episode_start_date,
    known(episodes.episode_end_date) as episode_end_date,
    episodes.start_reason,
    episodes.end_reason,
    episodes.lead_organisation
from who
inner join world.early_help_episodes as episodes on who.lived_id = episodes.child_id
where in_period(episodes.episode_start_date, episodes.episode_end_date)
