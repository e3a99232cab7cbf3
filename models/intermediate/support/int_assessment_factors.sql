with chosen as (
    select * from {{ chosen_records('assessment_factors') }}
)

select
    chosen.*,
    codes.code_group as factor_group
from chosen
left join {{ ref('codes') }} as codes
    on codes.code_set = 'assessment_factor' and chosen.factor_code = codes.code
