-- An outcome without evidence is shown as such: it never drops out of the list.
with authority_years as (
    select distinct measured.local_authority_code, measured.period_id
    from {{ ref('measured_periods') }} as measured
    inner join {{ ref('periods') }} as periods on measured.period_id = periods.period_id
    where periods.period_type = 'year'
)

select outcomes.outcome_id, authority_years.local_authority_code, authority_years.period_id
from {{ ref('outcomes') }} as outcomes
cross join authority_years
left join {{ ref('triangulated_outcomes') }} as internal
    on outcomes.outcome_id = internal.outcome_id
    and authority_years.local_authority_code = internal.local_authority_code
    and authority_years.period_id = internal.period_id
left join {{ ref('released_triangulated_outcomes') }} as released
    on outcomes.outcome_id = released.outcome_id
    and authority_years.local_authority_code = released.local_authority_code
    and authority_years.period_id = released.period_id
where internal.outcome_id is null or released.outcome_id is null
