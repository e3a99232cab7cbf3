with levels as (
    select distinct
        local_authority_code,
        period_end,
        child_id,
        support_level
    from {{ ref('cohort_snapshots') }}
),

-- The days on which an authority can be seen at all.
seen_on as (
    select distinct local_authority_code, period_end from levels
),

-- From the last day of the period before to the last day of this one.
spans as (
    select
        periods.period_id,
        periods.period_type,
        periods.period_start,
        periods.period_end,
        {{ day_before('periods.period_start') }} as opens_on,
        seen_on.local_authority_code
    from {{ ref('periods') }} as periods
    inner join seen_on on periods.period_end = seen_on.period_end
    inner join seen_on as seen_before
        on seen_on.local_authority_code = seen_before.local_authority_code
        and {{ day_before('periods.period_start') }} = seen_before.period_end
),

opening as (
    select spans.*, levels.child_id, levels.support_level
    from spans
    inner join levels
        on spans.local_authority_code = levels.local_authority_code
        and spans.opens_on = levels.period_end
),

closing as (
    select spans.*, levels.child_id, levels.support_level
    from spans
    inner join levels
        on spans.local_authority_code = levels.local_authority_code
        and spans.period_end = levels.period_end
),

moved as (
    select
        coalesce(closing.local_authority_code, opening.local_authority_code)
            as local_authority_code,
        coalesce(closing.period_id, opening.period_id) as period_id,
        coalesce(closing.period_type, opening.period_type) as period_type,
        coalesce(closing.period_start, opening.period_start) as period_start,
        coalesce(closing.period_end, opening.period_end) as period_end,
        coalesce(opening.support_level, 'none') as from_level,
        coalesce(closing.support_level, 'none') as to_level
    from opening
    full outer join closing
        on opening.local_authority_code = closing.local_authority_code
        and opening.period_id = closing.period_id
        and opening.child_id = closing.child_id
),

ranks as (
    select support_level, max(support_rank) as support_rank from {{ ref('cohorts') }}
    group by support_level
)

select
    moved.local_authority_code,
    moved.period_id,
    moved.period_type,
    moved.period_start,
    moved.period_end,
    moved.from_level,
    moved.to_level,
    case
        when moved.from_level = moved.to_level then 'stayed'
        when moved.from_level = 'none' then 'started'
        when moved.to_level = 'none' then 'left'
        when to_ranks.support_rank > from_ranks.support_rank then 'stepped_up'
        else 'stepped_down'
    end as flow,
    count(*) as child_count
from moved
left join ranks as from_ranks on moved.from_level = from_ranks.support_level
left join ranks as to_ranks on moved.to_level = to_ranks.support_level
group by all
