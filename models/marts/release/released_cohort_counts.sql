with parameters as (
    select {{ parameter_columns(['released_minimum_n']) }}
    from {{ ref('method_parameters') }}
),

decided as (
    select
        counts.*,
        parameters.released_minimum_n,
        coalesce(withheld.is_withheld, false) as is_withheld,
        coalesce(withheld.is_unknown_withheld, false) as is_unknown_withheld
    from {{ ref('cohort_counts') }} as counts
    cross join parameters
    left join {{ withheld_rows() }} as withheld
        on 'cohort_counts ' || counts.cohort_code = withheld.table_code
        and counts.local_authority_code = withheld.local_authority_code
        and counts.period_id = withheld.period_id
        and counts.breakdown = withheld.breakdown
        and case when counts.breakdown = 'all' then 'all' else counts.breakdown_value end
        = withheld.breakdown_value
)

select
    cohort_code,
    local_authority_code,
    period_id,
    period_type,
    period_start,
    period_end,
    breakdown,
    breakdown_value,
    case when not is_withheld then child_count end as child_count,
    case when not (is_withheld or is_unknown_withheld) then known_status_count end
        as known_status_count,
    case
        when not (is_withheld or is_unknown_withheld) and known_status_count >= released_minimum_n
            then median_days_in_status
    end as median_days_in_status,
    case when is_withheld then '[c]' end as symbol
from decided
