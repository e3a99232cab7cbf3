-- A withheld count is its total less the others that are shown. Sum by sum, what is withheld of the
-- slices of a whole, of the shorter periods of a longer one and of a state at the same day must
-- leave each count that is withheld for itself as many values as its largest small count, each
-- other withheld count being 1 at least; and a withheld total must not be the sum of shown parts.
-- A slice that is all of its whole is one sum of one part: both are withheld, or neither. Whether
-- several sums together tell more is audited where the cells are chosen; what counts nobody is
-- shown for the whole whatever it gives away, and is left out here.
with figures as (
    select
        disclosure.*,
        coalesce(released.symbol = '[c]', false) as is_withheld,
        disclosure.is_small and disclosure.is_of_people as is_guarded
    from {{ ref('figure_disclosure') }} as disclosure
    inner join {{ ref('released_indicator_values') }} as released
        on disclosure.indicator_id = released.indicator_id
        and disclosure.local_authority_code = released.local_authority_code
        and disclosure.period_id = released.period_id
        and disclosure.breakdown = released.breakdown
        and disclosure.breakdown_value = released.breakdown_value
    where disclosure.indicator_id not in (
        select indicator_id from {{ ref('indicators_not_of_people') }}
    )
),

counts as (
    {%- for count in ['numerator', 'other_count'] %}
    select
        indicator_id, local_authority_code, period_id, period_type, period_start, period_end,
        reporting_year, breakdown, breakdown_value, largest_small_count, is_withheld, is_guarded,
        '{{ count }}' as counted, coalesce({{ count }}, 0) as n
    from figures
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

parts as (
    select
        'slices of the whole' as way,
        whole.indicator_id, whole.local_authority_code, whole.counted,
        whole.period_id, whole.breakdown_value,
        part.breakdown as parts,
        whole.n as whole_n, whole.is_withheld as is_whole_withheld,
        whole.is_guarded as is_whole_guarded,
        part.n, part.is_withheld, part.is_guarded, part.largest_small_count
    from counts as whole
    inner join counts as part
        on whole.indicator_id = part.indicator_id
        and whole.local_authority_code = part.local_authority_code
        and whole.counted = part.counted
        and whole.period_id = part.period_id
        and whole.breakdown = 'all' and part.breakdown <> 'all'
    {%- for way in ['shorter periods', 'the last period'] %}
    union all
    select
        '{{ way }}' as way,
        whole.indicator_id, whole.local_authority_code, whole.counted,
        whole.period_id, whole.breakdown || ' ' || whole.breakdown_value as breakdown_value,
        part.period_type as parts,
        whole.n as whole_n, whole.is_withheld as is_whole_withheld,
        whole.is_guarded as is_whole_guarded,
        part.n, part.is_withheld, part.is_guarded, part.largest_small_count
    from counts as whole
    inner join counts as part
        on whole.indicator_id = part.indicator_id
        and whole.local_authority_code = part.local_authority_code
        and whole.counted = part.counted
        and whole.breakdown = part.breakdown
        and whole.breakdown_value = part.breakdown_value
        and whole.period_type <> part.period_type
        and whole.period_start <= part.period_start
        and {{ 'whole.period_end = part.period_end' if way == 'the last period'
            else 'whole.period_end >= part.period_end' }}
    {%- endfor %}
),

sums as (
    select
        way, indicator_id, local_authority_code, counted, period_id, breakdown_value, parts,
        max(largest_small_count) as largest_small_count,
        max(whole_n) as whole_n,
        bool_or(is_whole_withheld and is_whole_guarded) and max(whole_n) > 0 as is_whole_guarded,
        bool_or(is_whole_withheld) as is_whole_withheld,
        count(*) filter (where is_withheld and n > 0) as withheld_parts,
        coalesce(sum(n) filter (where is_withheld), 0) as withheld_n,
        bool_or(is_guarded and n > 0) as is_part_guarded,
        sum(n) as parts_n
    from parts
    group by way, indicator_id, local_authority_code, counted, period_id, breakdown_value, parts
)

select *
from sums
-- Only where it is a sum: children who come back in a later quarter count once in the year.
where abs(parts_n - whole_n) < 0.000001
    and (
        (is_whole_guarded and withheld_parts = 0)
        or (
            is_part_guarded
            and not is_whole_withheld
            and (
                withheld_parts = 1
                or withheld_n - withheld_parts < largest_small_count - 1
            )
        )
    )
