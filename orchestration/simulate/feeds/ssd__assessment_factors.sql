select
    factors.assessment_id as cinf_table_id,
    factors.assessment_id as cinf_assessment_id,
    list(factors.factor_code order by factors.factor_code) as cinf_assessment_factors_json
from world.assessment_factors as factors
inner join world.assessments on factors.assessment_id = assessments.assessment_id
inner join children_known() as children on factors.child_id = children.child_id
where assessments.assessment_authorised_date <= getvariable('as_known_on')
group by factors.assessment_id
order by cinf_assessment_id
