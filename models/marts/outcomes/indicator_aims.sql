{{ config(materialized='ephemeral', contract={'enforced': false}) }}

with in_force as (
    select
        figures.indicator_id,
        figures.local_authority_code,
        figures.period_id,
        figures.breakdown,
        figures.breakdown_value,
        targets.target_type_code,
        targets.target_value,
        targets.lower_value,
        targets.upper_value
    from {{ ref('indicator_values') }} as figures
    inner join {{ ref('int_targets') }} as targets
        on figures.indicator_id = targets.indicator_id
        and figures.local_authority_code = targets.local_authority_code
        and figures.breakdown = targets.breakdown
        and figures.breakdown_value = targets.breakdown_value
        and {{ open_on('targets.valid_from_date', 'targets.valid_to_date', 'figures.period_end') }}
    where targets.target_type_code in ('target', 'band')
    -- Nothing is overwritten: a newer aim stands beside the one that it replaces.
    qualify row_number() over (
        partition by
            figures.indicator_id, figures.local_authority_code, figures.period_id,
            figures.breakdown, figures.breakdown_value, targets.target_type_code
        order by targets.valid_from_date desc, targets.target_id desc
    ) = 1
)

select
    indicator_id,
    local_authority_code,
    period_id,
    breakdown,
    breakdown_value,
    max(case when target_type_code = 'target' then target_value end) as target_value,
    max(case when target_type_code = 'band' then 1 else 0 end) = 1 as has_band,
    max(case when target_type_code = 'band' then lower_value end) as band_low,
    max(case when target_type_code = 'band' then upper_value end) as band_high
from in_force
group by indicator_id, local_authority_code, period_id, breakdown, breakdown_value
