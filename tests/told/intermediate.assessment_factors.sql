-- key: child_id, assessment_start_date, factor_code
select
    who.child_id,
    assessments.assessment_start_date,
    factors.factor_code
from who
inner join world.assessment_factors as factors on who.lived_id = factors.child_id
inner join world.assessments on factors.assessment_id = assessments.assessment_id
where assessments.assessment_authorised_date is not null
