with tests as (
    select
        aspect,
        local_authority_code,
        table_code,
        period_id,
        breakdown,
        breakdown_value,
        -- How many there are stands with the count that it follows from.
        counted_of,
        bool_or(decision = 'HOLD') as is_held,
        case when count(distinct coalesce(last_release, '')) = 1 then min(last_release) end
            as last_release
    from {{ ref('release_differences') }}
    group by
        aspect, local_authority_code, table_code, period_id, breakdown, breakdown_value, counted_of
)

select
    cells.aspect,
    cells.local_authority_code,
    cells.reporting_year,
    cells.table_code,
    cells.joined_table,
    cells.cohort_table,
    cells.same_children_table,
    cells.is_same_figure,
    cells.period_id,
    cells.period_type,
    cells.period_end,
    cells.quarter_id,
    cells.breakdown,
    cells.breakdown_value,
    cells.programme_code,
    cells.count_code,
    cells.counted,
    cells.largest_small_count,
    -- What is on hold is small for tonight, and must not be worked out either.
    cells.is_small or coalesce(tests.is_held, false) as is_small,
    cells.is_guarded or coalesce(tests.is_held and cells.counted > 0, false) as is_guarded,
    cells.stays,
    cells.most,
    tests.last_release
from {{ ref('disclosure_cells') }} as cells
left join tests
    on cells.aspect = tests.aspect
    and cells.local_authority_code = tests.local_authority_code
    and cells.table_code = tests.table_code
    and cells.period_id = tests.period_id
    and cells.breakdown = tests.breakdown
    and cells.breakdown_value = tests.breakdown_value
    and cells.count_code = tests.counted_of
