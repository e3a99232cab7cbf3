-- List 4: assessments open or completed in six months.
select
    listed.* exclude (child_key),
    assessments.assessment_start_date as continuous_assessment_start_date,
    case when done.is_done then yes_no(assessments.is_child_seen) end
        as child_seen_during_continuous_assessment,
    known(assessments.assessment_authorised_date) as continuous_assessment_date_of_authorisation,
    case when done.is_done then yes_no(not assessments.is_no_further_action) end
        as assessed_as_needing_support,
    teams.team_name as allocated_team,
    staff.worker_name as allocated_worker
from world.assessments
inner join listed_children() as listed on assessments.child_id = listed.child_key
left join world.teams on assessments.team_id = teams.team_id
left join world.staff on assessments.worker_id = staff.worker_id
cross join lateral (
    select known(assessments.assessment_authorised_date) is not null as is_done
) as done
where touches_months(6, assessments.assessment_start_date, assessments.assessment_authorised_date)
order by continuous_assessment_start_date, child_id
