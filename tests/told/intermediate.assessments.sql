-- key: child_id, assessment_start_date
select
    who.child_id,
    assessments.assessment_start_date,
    assessments.assessment_authorised_date,
    -- In the census only.
    case
        when coalesce(is_returned(assessments.assessment_authorised_date), true)
            then assessments.internal_review_date
    end as internal_review_date,
    assessments.is_child_seen,
    assessments.is_no_further_action,
    assessments.team_id
from who
inner join world.assessments on who.lived_id = assessments.child_id
