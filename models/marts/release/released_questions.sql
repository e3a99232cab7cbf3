select
    released.outcome_id,
    released.local_authority_code,
    released.period_id,
    question_texts.question_code,
    question_texts.question
from {{ ref('released_triangulated_outcomes') }} as released
inner join {{ ref('question_texts') }} as question_texts
    on ';' || released.question_codes || ';' like '%;' || question_texts.question_code || ';%'
