select
    episodes.care_episode_id as clae_cla_episode_id,
    children.person_id as clae_person_id,
    episodes.episode_start_date as clae_cla_episode_start_date,
    episodes.episode_start_reason_code as clae_cla_episode_start_reason,
    episodes.primary_need_code as clae_cla_primary_need_code,
    known(episodes.episode_end_date) as clae_cla_episode_ceased_date,
    case when known(episodes.episode_end_date) is not null then episodes.episode_end_reason_code end
        as clae_cla_episode_ceased_reason,
    episodes.care_period_id as clae_cla_id,
    episodes.referral_id as clae_referral_id,
    episodes.placement_id as clae_cla_placement_id,
    periods.period_start_date as clae_entered_care_date,
    known(periods.last_reviewing_officer_contact_date) as clae_cla_last_iro_contact_date
from world.care_episodes as episodes
inner join world.care_periods as periods on episodes.care_period_id = periods.care_period_id
inner join children_known() as children on episodes.child_id = children.child_id
where episodes.episode_start_date <= getvariable('as_known_on')
order by clae_cla_episode_id
