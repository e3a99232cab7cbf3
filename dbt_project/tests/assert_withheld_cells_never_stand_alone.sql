-- A single withheld cell is its total less the others. Slices of a whole, months of a quarter and
-- quarters of a year are all withheld or all shown; where the total is withheld, so are they.
with released as (
    select
        released.*,
        periods.reporting_year,
        coalesce(released.symbol = '[c]', false) as is_withheld
    from {{ ref('released_indicator_values') }} as released
    inner join {{ ref('periods') }} as periods on released.period_id = periods.period_id
),

wholes_and_parts as (
    select whole.indicator_id, whole.local_authority_code, whole.period_id,
        part.period_type, part.breakdown,
        whole.is_withheld as is_whole_withheld, part.is_withheld as is_part_withheld
    from released as whole
    inner join released as part
        on whole.indicator_id = part.indicator_id
        and whole.local_authority_code = part.local_authority_code
        and (
            -- slices of the whole
            (
                whole.period_id = part.period_id
                and whole.breakdown = 'all' and part.breakdown <> 'all'
            )
            -- shorter periods within a longer one, slice by slice
            or (
                whole.breakdown = part.breakdown
                and whole.breakdown_value = part.breakdown_value
                and whole.period_start <= part.period_start
                and whole.period_end >= part.period_end
                and whole.period_id <> part.period_id
            )
        )
)

select
    indicator_id, local_authority_code, period_id, period_type, breakdown, is_whole_withheld
from wholes_and_parts
group by
    indicator_id, local_authority_code, period_id, period_type, breakdown, is_whole_withheld
having (is_whole_withheld and not bool_and(is_part_withheld))
    or (bool_or(is_part_withheld) and not bool_and(is_part_withheld))
