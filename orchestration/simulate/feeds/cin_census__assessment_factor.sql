-- Factors are found by the time an assessment is authorised.
select distinct
    children.census_number as la_child_id,
    assessments.referral_id as cin_details_id,
    factors.assessment_id,
    as_coded('assessment_factor', factors.factor_code) as factor_code
from world.assessment_factors as factors
inner join world.assessments on factors.assessment_id = assessments.assessment_id
inner join world.referrals on assessments.referral_id = referrals.referral_id
inner join world.children on factors.child_id = children.child_id
where
    factors.local_authority_code = getvariable('authority')
    and in_period(referrals.referral_date, referrals.closure_date)
    and on_day(assessments.assessment_authorised_date)
order by la_child_id, cin_details_id, factors.assessment_id, factor_code
