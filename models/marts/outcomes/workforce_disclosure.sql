with parameters as (
    select
        {{ parameter_columns([
            'small_count', 'released_minimum_n', 'released_minimum_each_side',
        ]) }}
    from {{ ref('method_parameters') }}
),

summaries as (
    select
        internal.local_authority_code,
        periods.reporting_year,
        internal.record_source,
        internal.period_id,
        internal.measure_code,
        -- A figure without a denominator is of those whom it counts.
        case
            when measures.denominator_rule = 'none' then internal.n_numerator
            else internal.n_denominator
        end as n,
        internal.n_numerator,
        internal.n_not_known,
        max(case when internal.measure_code = 'headcount_in_post' then internal.n_numerator end)
            over (
                partition by
                    internal.local_authority_code, internal.record_source, internal.period_id
            ) as employed_count,
        parameters.small_count,
        -- Half of them lie on each side of a median.
        case
            when measures.unit = 'median'
                then greatest(
                    parameters.released_minimum_n, 2 * parameters.released_minimum_each_side
                )
            else parameters.released_minimum_n
        end as minimum_n
    from {{ ref('workforce_summaries') }} as internal
    cross join parameters
    inner join {{ ref('workforce_measures') }} as measures
        on internal.measure_code = measures.measure_code
    inner join {{ ref('periods') }} as periods on internal.period_id = periods.period_id
    where internal.team_id = 'all'
        and internal.staff_group_code = 'all'
        -- Children in care are guarded with the other figures that are of them.
        and internal.family_code <> 'children'
),

counted as (
    select
        *,
        -- Leavers are none of those who are in post at the end, and may be more than these.
        case when n >= n_numerator then n - n_numerator end as n_other,
        abs(n - employed_count) as n_beside_employed
    from summaries
)

select
    local_authority_code,
    reporting_year,
    record_source,
    period_id,
    measure_code,
    cast(small_count as integer) as largest_small_count,
    n,
    n_numerator,
    n_other,
    n_not_known,
    coalesce(n between 1 and minimum_n - 1, false)
    or {{ any_small(['n_numerator', 'n_other', 'n_not_known', 'n_beside_employed']) }} as is_small
from counted
