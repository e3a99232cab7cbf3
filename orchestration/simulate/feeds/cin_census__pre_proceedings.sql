select
    children.census_number as la_child_id,
    spells.referral_id as cin_details_id,
    spells.pre_proceedings_id,
    spells.pre_proceedings_start_date,
    known(spells.letter_before_proceedings_date) as letter_before_proceedings_date,
    spells.is_family_meeting_offered as family_group_meeting_offered,
    spells.is_family_meeting_held as family_group_meeting_held,
    known(spells.initial_meeting_date) as initial_meeting_date,
    spells.review_meeting_count as review_meetings_count,
    known(spells.step_decision_date) as step_decision_date,
    case when known(spells.step_decision_date) is not null then spells.outcome_code end
        as outcome_code,
    known(spells.court_application_date) as court_application_date,
    known(spells.letter_of_issue_date) as letter_of_issue_date
from world.pre_proceedings as spells
inner join world.referrals on spells.referral_id = referrals.referral_id
inner join world.children on spells.child_id = children.child_id
where
    spells.local_authority_code = getvariable('authority')
    and in_period(referrals.referral_date, referrals.closure_date)
    and in_period(
        spells.pre_proceedings_start_date,
        coalesce(spells.step_decision_date, spells.court_application_date)
    )
order by la_child_id, cin_details_id, spells.pre_proceedings_id
