select
    local_authority_code,
    return_year,
    la_child_id as person_key,
    cin_details_id as referral_position,
    pre_proceedings_id as pre_proceedings_position,
    pre_proceedings_start_date,
    letter_before_proceedings_date,
    family_group_meeting_offered as is_family_meeting_offered,
    family_group_meeting_held as is_family_meeting_held,
    initial_meeting_date,
    review_meetings_count as review_meeting_count,
    step_decision_date,
    outcome_code,
    court_application_date,
    letter_of_issue_date,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('cin_census__pre_proceedings') }}
