-- key: child_id, missing_type_code, missing_start_date, spell_of_day
select
    who.child_id,
    spells.missing_type_code,
    spells.missing_start_date,
    row_number() over (
        partition by spells.child_id, spells.missing_type_code, spells.missing_start_date
        order by spells.missing_started_at
    ) as spell_of_day,
    spells.missing_end_date,
    -- Of the nightly dataset alone, which looks back six years.
    case when in_period(spells.missing_start_date, spells.missing_end_date)
        then spells.is_return_interview_offered
    end as is_return_interview_offered,
    case when in_period(spells.missing_start_date, spells.missing_end_date)
        then spells.is_return_interview_accepted
    end as is_return_interview_accepted
from who
inner join world.missing_episodes as spells on who.lived_id = spells.child_id
