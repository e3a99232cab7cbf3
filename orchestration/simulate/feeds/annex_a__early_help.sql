-- List 2: early help assessments begun or completed in six months.
select
    listed.* exclude (child_key, disability),
    episodes.episode_start_date as assessment_start_date,
    known(episodes.assessment_completed_date) as assessment_completion_date,
    episodes.lead_organisation as organisation_completing_assessment
from world.early_help_episodes as episodes
inner join listed_children() as listed on episodes.child_id = listed.child_key
where touches_months(
    6,
    episodes.episode_start_date,
    coalesce(episodes.assessment_completed_date, episodes.episode_end_date)
)
order by assessment_start_date, child_id
