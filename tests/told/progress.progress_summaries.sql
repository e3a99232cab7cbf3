-- key: period_id, measure_code, breakdown, breakdown_value
-- of: progress.child_progress, intermediate.children
-- made: period_id, measure_code, breakdown, breakdown_value, n_in_scope, n_not_due, n_eligible, n_known, n_better, n_same, n_worse, n_too_soon, n_no_baseline, n_not_known, round(value, 6) as value, round(value_if_none_better, 6) as value_if_none_better, round(value_if_all_better, 6) as value_if_all_better, round(coverage, 9) as coverage
-- where: period_start >= getvariable('returned_from') and breakdown in ('all', 'sex') and measure_code in ('confidence_five', 'family_five', 'family_settled_five', 'feelings_five', 'high_risk_five', 'resilience_five', 'sdq_parent_carer')
with followed as (
    select
        progress.*,
        children.sex,
        case
            when not progress.is_due then 'not due'
            when progress.change_class in ('BETTER', 'RECOVERED', 'IMPROVED') then 'better'
            when progress.change_class in ('SAME', 'MAINTAINED_GOOD', 'NO_RELIABLE_CHANGE')
                then 'same'
            else lower(progress.change_class)
        end as change
    from told_child_progress as progress
    left join told_children as children on progress.child_id = children.child_id
),

counted as (
    select
        followed.period_id,
        followed.measure_code,
        slices.breakdown,
        slices.breakdown_value,
        count(*) as n_in_scope,
        count(*) filter (where followed.change = 'not due') as n_not_due,
        count(*) filter (where followed.change <> 'not due') as n_eligible,
        count(*) filter (where followed.change in ('better', 'same', 'worse')) as n_known,
        count(*) filter (where followed.change = 'better') as n_better,
        count(*) filter (where followed.change = 'same') as n_same,
        count(*) filter (where followed.change = 'worse') as n_worse,
        count(*) filter (where followed.change = 'too_soon') as n_too_soon,
        count(*) filter (where followed.change = 'no_baseline') as n_no_baseline,
        count(*) filter (where followed.change = 'not_known') as n_not_known
    from followed
    cross join lateral (
        values ('all', 'All'), ('sex', coalesce(followed.sex, 'Not known'))
    ) as slices (breakdown, breakdown_value)
    group by all
)

-- Of those known; and every unknown not better, or every one better.
select
    *,
    round(100 * n_better / nullif(n_known, 0), 6) as value,
    round(100 * n_better / nullif(n_eligible, 0), 6) as value_if_none_better,
    round(100 * (n_better + n_eligible - n_known) / nullif(n_eligible, 0), 6)
        as value_if_all_better,
    round(n_known / nullif(n_eligible, 0), 9) as coverage
from counted
