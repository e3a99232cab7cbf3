-- key: period_id, from_level, to_level
-- of: cohorts.cohort_snapshots
-- where: period_start > getvariable('returned_from')
with ladder as (
    select ['none', 'early_help', 'care_leaver', 'child_in_need', 'protection_plan', 'looked_after']
        as rungs
),

levels as (
    select distinct period_id, child_id, support_level from told_cohort_snapshots
),

-- The last month before a period and the last month in it, both of them told.
spans as (
    select
        periods.period_id,
        befores.period_id as before_id,
        ends.period_id as end_id
    from counts.periods as periods
    inner join counts.periods as befores
        on befores.period_type = 'month' and periods.period_start = befores.next_period_start
    inner join counts.periods as ends
        on ends.period_type = 'month' and periods.next_period_start = ends.next_period_start
    where befores.period_id in (select period_id from levels)
),

-- A child is somewhere on both days, if only outside every cohort.
moves as (
    select
        spans.period_id,
        children.child_id,
        coalesce(max(levels.support_level) filter (where levels.period_id = spans.before_id), 'none')
            as from_level,
        coalesce(max(levels.support_level) filter (where levels.period_id = spans.end_id), 'none')
            as to_level
    from spans
    cross join (select distinct child_id from levels) as children
    inner join levels
        on children.child_id = levels.child_id
        and levels.period_id in (spans.before_id, spans.end_id)
    group by all
)

select
    period_id,
    from_level,
    to_level,
    case sign(
        list_position(ladder.rungs, to_level)
        - list_position(ladder.rungs, from_level)
    )
        when 0 then 'stayed'
        when 1 then if(from_level = 'none', 'started', 'stepped_up')
        else if(to_level = 'none', 'left', 'stepped_down')
    end as flow,
    count(*) as child_count
from moves
cross join ladder
group by all
