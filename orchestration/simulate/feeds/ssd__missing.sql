select
    spells.missing_episode_id as miss_table_id,
    children.person_id as miss_person_id,
    spells.missing_start_date as miss_missing_episode_start_date,
    spells.missing_type_code as miss_missing_episode_type,
    known(spells.missing_end_date) as miss_missing_episode_end_date,
    case when known(spells.missing_end_date) is not null then spells.is_return_interview_offered end
        as miss_missing_rhi_offered,
    case when known(spells.missing_end_date) is not null then spells.is_return_interview_accepted
    end as miss_missing_rhi_accepted
from world.missing_episodes as spells
inner join children_known() as children on spells.child_id = children.child_id
where in_period(spells.missing_start_date, spells.missing_end_date)
order by miss_table_id
