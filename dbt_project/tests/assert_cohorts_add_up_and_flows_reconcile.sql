-- A breakdown that lost a child, or a flow that went nowhere, would be read as fewer children.
with by_breakdown as (
    select
        cohort_code,
        local_authority_code,
        period_id,
        breakdown,
        sum(child_count) as child_count
    from {{ ref('cohort_counts') }}
    group by all
),

-- Whole and part of the same children.
broken_down as (
    select
        parts.local_authority_code,
        parts.period_id,
        parts.cohort_code || ' by ' || parts.breakdown as what
    from by_breakdown as parts
    inner join by_breakdown as wholes
        on parts.cohort_code = wholes.cohort_code
        and parts.local_authority_code = wholes.local_authority_code
        and parts.period_id = wholes.period_id
        and wholes.breakdown = 'all'
    where parts.child_count <> wholes.child_count
),

children as (
    select
        local_authority_code,
        period_end,
        count(distinct child_id) as child_count
    from {{ ref('cohort_snapshots') }}
    group by all
),

flowed as (
    select
        local_authority_code,
        period_id,
        period_end,
        {{ day_before('period_start') }} as opens_on,
        sum(child_count) filter (where from_level <> 'none') as opening_count,
        sum(child_count) filter (where to_level <> 'none') as closing_count
    from {{ ref('cohort_flows') }}
    group by all
),

unreconciled as (
    select
        flowed.local_authority_code,
        flowed.period_id,
        'flows' as what
    from flowed
    inner join children as opening
        on flowed.local_authority_code = opening.local_authority_code
        and flowed.opens_on = opening.period_end
    inner join children as closing
        on flowed.local_authority_code = closing.local_authority_code
        and flowed.period_end = closing.period_end
    where flowed.opening_count <> opening.child_count
        or flowed.closing_count <> closing.child_count
)

select * from broken_down
union all
select * from unreconciled
