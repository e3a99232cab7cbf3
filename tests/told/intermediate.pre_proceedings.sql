-- key: child_id, pre_proceedings_start_date
select
    who.child_id,
    spells.pre_proceedings_start_date,
    spells.letter_before_proceedings_date,
    spells.initial_meeting_date,
    spells.review_meeting_count,
    spells.step_decision_date,
    spells.letter_of_issue_date,
    spells.outcome_code
from who
inner join world.pre_proceedings as spells on who.lived_id = spells.child_id
