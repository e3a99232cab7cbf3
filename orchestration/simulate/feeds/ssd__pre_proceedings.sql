-- Most columns are placeholders in the scripts of the suppliers.
select
    spells.pre_proceedings_id as prep_table_id,
    children.person_id as prep_person_id,
    'F' || spells.family_id as prep_plo_family_id,
    spells.pre_proceedings_start_date as prep_pre_pro_decision_date,
    known(spells.initial_meeting_date) as prep_initial_pre_pro_meeting_date,
    case when known(spells.step_decision_date) is not null then spells.outcome_code end
        as prep_pre_pro_outcome,
    known(spells.step_decision_date) as prep_agree_stepdown_issue_date,
    'PLACEHOLDER_DATA' as prep_legal_gateway_outcome,
    known(spells.letter_before_proceedings_date) as prep_pre_pro_letter_date,
    known(spells.letter_of_issue_date) as prep_care_pro_letter_date,
    spells.review_meeting_count as prep_pre_pro_meetings_num,
    'PLACEHOLDER_DATA' as prep_court_reference,
    'PLACEHOLDER_DATA' as prep_la_initial_care_plan,
    'PLACEHOLDER_DATA' as prep_la_final_care_plan
from world.pre_proceedings as spells
inner join children_known() as children on spells.child_id = children.child_id
where spells.pre_proceedings_start_date <= getvariable('as_known_on')
order by prep_table_id
