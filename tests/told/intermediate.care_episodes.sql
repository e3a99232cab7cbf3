-- key: child_id, episode_start_date
select
    who.child_id,
    episodes.episode_start_date,
    episodes.episode_end_date,
    episodes.episode_start_reason_code,
    episodes.episode_end_reason_code,
    episodes.primary_need_code,
    episodes.legal_status_code,
    as_of_year('placement_type', states.type_code, last_year_of(episodes.episode_end_date))
        as placement_type_code,
    -- Of a temporary move the return has none, and the dataset that of the placement left.
    coalesce(
        case when states.is_returned then episodes.placement_provider_code end,
        placements.placement_provider_code
    ) as placement_provider_code,
    case
        when states.is_returned then episodes.placement_change_reason_code
        when episodes.episode_end_date = placements.placement_end_date
            then placements.placement_change_reason_code
    end as placement_change_reason_code,
    coalesce(
        case when states.is_returned then episodes.ofsted_urn end, placements.ofsted_urn
    ) as ofsted_urn
from who
inner join world.care_episodes as episodes on who.lived_id = episodes.child_id
inner join world.placements on episodes.placement_id = placements.placement_id
cross join lateral (
    select
        coalesce(is_returned(episodes.episode_end_date), true) as is_returned,
        -- What ended before the first return is known by its placement, in the codes of today.
        case
            when coalesce(is_returned(episodes.episode_end_date), true)
                then episodes.placement_type_code
            else placements.placement_type_code
        end as type_code
) as states
