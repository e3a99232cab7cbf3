select
    triangulated.outcome_id,
    triangulated.local_authority_code,
    triangulated.period_id,
    question_texts.question_code,
    question_texts.question
from {{ ref('triangulated_outcomes') }} as triangulated
inner join {{ ref('question_texts') }} as question_texts
    on ';' || triangulated.question_codes || ';' like '%;' || question_texts.question_code || ';%'
