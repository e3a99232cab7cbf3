select
    aspect,
    local_authority_code,
    table_code,
    population_id,
    period_id,
    breakdown,
    breakdown_value,
    counted,
    compared_with,
    published_count,
    implied_difference
from {{ ref('release_differences') }}
where decision = 'HOLD'
