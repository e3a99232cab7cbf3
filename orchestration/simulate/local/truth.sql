-- What was done, counted from the world.

insert into world.truth_programmes
select
    local_authority_code,
    return_year(offered_date) as return_year,
    service_code,
    count(*) as offered_count,
    count(start_date) as started_count,
    count(*) filter (where end_reason_code = 'completed') as completed_count
from world.programme_participation
group by all
order by all;

insert into world.truth_activities
select local_authority_code, return_year(audit_date) as return_year, 'audits ' || audit_type_code as activity,
    count(distinct audit_id) as due_count, count(distinct audit_id) filter (where audit_completed_date is not null) as done_count
from world.audits
group by all
union all
select local_authority_code, return_year(due_date), 'supervision', count(*), count(held_date)
from world.supervision
group by all
union all
select local_authority_code, return_year(activity_date), 'places on ' || activity_type_code, count(*), count(*) filter (where has_attended)
from world.meeting_attendance
where activity_type_code in ('training_session', 'lscb_meeting', 'initial_conference', 'review_conference')
    and attendee_type_code in ('agency', 'worker')
group by all
union all
-- The school year that ends in the summer counts with the reporting year it ends in.
select local_authority_code, academic_year, 'school sessions', sum(sessions_possible), sum(sessions_possible - sessions_authorised - sessions_unauthorised)
from world.education_attendance
group by all
order by all;
