-- Assessments that went on, or were finished, in the year.
select
    children.census_number as la_child_id,
    assessments.referral_id as cin_details_id,
    assessments.assessment_id,
    assessments.assessment_start_date,
    -- The point of review is set when the assessment begins.
    assessments.internal_review_date as assessment_internal_review_date,
    known(assessments.assessment_authorised_date) as assessment_end_date
from world.assessments
inner join world.referrals on assessments.referral_id = referrals.referral_id
inner join world.children on assessments.child_id = children.child_id
where
    assessments.local_authority_code = getvariable('authority')
    and in_period(referrals.referral_date, referrals.closure_date)
    and in_period(assessments.assessment_start_date, assessments.assessment_authorised_date)
order by la_child_id, cin_details_id, assessments.assessment_start_date, assessments.assessment_id
