-- An assessment is due 45 working days after it began, a contribution to an integrated one on its
-- day; what is not done by then is not on time.
select 'pif_5_1', local_authority_code, period_id, count(*) filter (where is_on_time), count(*)
from years
inner join (
    select local_authority_code, due_date, coalesce(done_date <= due_date, false) as is_on_time
    from (
        select local_authority_code, assessment_authorised_date as done_date, (
            select max(day) from (
                select day from working_days
                where day > assessment_start_date order by day limit 45
            )
        ) as due_date
        from world.assessments
    )
    union all
    select local_authority_code, report_due_date,
        coalesce(report_received_date <= report_due_date, false)
    from world.meeting_attendance
    where activity_type_code = 'integrated_assessment' and agency_code = 'childrens_social_care'
) as due on due_date between first_day and last_day
group by all;

-- Each review of a child in care or on a plan, with the report of social work for that day.
select 'pif_5_2', local_authority_code, period_id, count(*) filter (where is_on_time), count(*)
from (
    select period_id, reviews.local_authority_code, exists (
        select 1 from world.meeting_attendance as reported
        where reported.child_id = reviews.child_id
            and reported.activity_type_code = reviews.activity_type_code
            and activity_date = review_date and agency_code = 'childrens_social_care'
            and report_received_date <= report_due_date
    ) as is_on_time
    from years
    inner join (
        select local_authority_code, child_id, review_date,
            'looked_after_review' as activity_type_code
        from world.care_reviews where not coalesce(is_cancelled, false)
        union all
        select local_authority_code, child_id, review_date, 'review_conference'
        from world.plan_reviews
    ) as reviews on review_date between first_day and last_day
)
group by all;

-- Of assessments authorised in the year and audited since, but for those of the unborn.
select 'pif_1_r_1', audits.local_authority_code, period_id,
    count(*) filter (where answer_code = 'explicit'), count(*)
from years
inner join world.audits as audits on audited_event_date between first_day and last_day
inner join (select child_id, date_of_birth from world.children) as people using (child_id)
where audit_type_code = 'assessment' and question_code = 'wishes_recorded'
    and answer_code is not null and date_of_birth <= audited_event_date
group by all;
