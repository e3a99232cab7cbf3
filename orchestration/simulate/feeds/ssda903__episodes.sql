select
    children.looked_after_number as child,
    episodes.episode_start_date as decom,
    episodes.episode_start_reason_code as rne,
    as_coded('legal_status', episodes.legal_status_code) as ls,
    episodes.primary_need_code as cin,
    as_coded('placement_type', episodes.placement_type_code) as place,
    episodes.placement_provider_code as place_provider,
    known(episodes.episode_end_date) as dec,
    case
        when known(episodes.episode_end_date) is not null
            then as_coded('reason_episode_ceased', episodes.episode_end_reason_code)
    end as rec,
    case
        when known(episodes.episode_end_date) is not null
            then as_coded('reason_place_change', episodes.placement_change_reason_code)
    end as reason_place_change,
    episodes.home_postcode as home_post,
    episodes.placement_postcode as pl_post,
    episodes.ofsted_urn as urn
from world.care_episodes as episodes
inner join world.children on episodes.child_id = children.child_id
where
    episodes.local_authority_code = getvariable('authority')
    and in_period(episodes.episode_start_date, episodes.episode_end_date)
order by child, decom
