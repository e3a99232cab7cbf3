with parameters as (
    select {{ parameter_columns(['small_count', 'released_minimum_n']) }}
    from {{ ref('method_parameters') }}
),

-- Where an indicator of a whole cohort leaves out a small number, the cohort's size beside the
-- indicator's denominator would give it away.
given_away as (
    select distinct
        wholes.cohort_code,
        wholes.local_authority_code,
        wholes.period_id
    from {{ ref('cohort_counts') }} as wholes
    inner join {{ ref('measure_records') }} as measured
        on wholes.cohort_code = measured.cohort_code
        and wholes.local_authority_code = measured.local_authority_code
        and wholes.period_id = measured.period_id
    inner join {{ ref('indicator_values') }} as indicator_values
        on measured.indicator_id = indicator_values.indicator_id
        and measured.local_authority_code = indicator_values.local_authority_code
        and measured.period_id = indicator_values.period_id
        and indicator_values.breakdown = 'all'
        and wholes.child_count = indicator_values.n_in_scope
    cross join parameters
    where wholes.breakdown = 'all'
        and indicator_values.n_excluded between 1 and parameters.small_count
),

cells as (
    select
        counts.*,
        parameters.small_count,
        parameters.released_minimum_n,
        counts.child_count between 1 and parameters.small_count as is_small,
        counts.known_status_count between 1 and parameters.small_count
        or counts.child_count - counts.known_status_count between 1 and parameters.small_count
            as is_unknown_small,
        given_away.cohort_code is not null as is_given_away
    from {{ ref('cohort_counts') }} as counts
    cross join parameters
    left join given_away
        on counts.cohort_code = given_away.cohort_code
        and counts.local_authority_code = given_away.local_authority_code
        and counts.period_id = given_away.period_id
),

-- All or nothing: one small cell hides its whole breakdown, so that none is the total less the rest.
decided as (
    select
        *,
        is_given_away or bool_or(is_small) over block as is_withheld,
        bool_or(is_unknown_small) over block as is_unknown_withheld
    from cells
    window block as (partition by cohort_code, local_authority_code, period_id, breakdown)
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
