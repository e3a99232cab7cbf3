-- key: cohort_code, period_id, breakdown, breakdown_value
-- of: cohorts.cohort_snapshots, intermediate.children
-- where: period_end >= getvariable('returned_from')
with members as (
    select
        snapshots.*,
        children.sex,
        case
            -- Whose day of birth is still to come has the day it is expected.
            when snapshots.age_years < 0 or children.date_of_birth is null then 'Unborn'
            when snapshots.age_years < 1 then 'Under 1'
            when snapshots.age_years < 5 then '1 to 4'
            when snapshots.age_years < 10 then '5 to 9'
            when snapshots.age_years < 16 then '10 to 15'
            when snapshots.age_years < 18 then '16 and 17'
            when snapshots.age_years < 26 then '18 to 25'
            else 'Over 25'
        end as age_band,
        case
            when children.ethnicity_code in ('REFU', 'NOBT') then 'Not stated'
            when children.ethnicity_code[1] = 'W' then 'White'
            when children.ethnicity_code[1] = 'M' then 'Mixed'
            when children.ethnicity_code[1] in ('A', 'C') then 'Asian or Asian British'
            when children.ethnicity_code[1] = 'B' then 'Black or Black British'
            else 'Other ethnic group'
        end as ethnic_group,
        snapshots.cohort_code in ('in_care', 'in_care_aged_18_or_over', 'short_breaks')
            as is_looked_after
    from told_cohort_snapshots as snapshots
    inner join told_children as children on snapshots.child_id = children.child_id
),

-- A child stands in the whole and in one slice of each kind that is asked of its cohort.
sliced as (
    select members.*, slices.breakdown, coalesce(slices.breakdown_value, 'Not known')
        as breakdown_value
    from members
    cross join lateral (
        values
        ('all', 'All', true),
        ('age_band', age_band, true),
        ('sex', sex, true),
        ('ethnic_group', ethnic_group, true),
        (
            'unaccompanied_asylum_seeker',
            if(is_unaccompanied_asylum_seeker, 'Yes', 'No'), true
        ),
        ('legal_status', legal_status_code, is_looked_after),
        ('placement_type', placement_type_code, is_looked_after),
        ('primary_need', primary_need_code, is_looked_after or cohort_code = 'child_in_need'),
        ('abuse_category', abuse_category_code, cohort_code = 'protection_plan'),
        ('support_level', support_level, true),
        ('deprivation_quintile', deprivation_quintile::varchar, true),
        ('zone', zone_code, true),
        ('team', team_id, true)
    ) as slices (breakdown, breakdown_value, is_asked)
    where slices.is_asked
),

-- The month that a period ends with.
last_months as (
    select periods.period_id, periods.period_type, months.period_id as last_month_id
    from counts.periods as periods
    inner join counts.periods as months
        on months.period_type = 'month'
        and periods.next_period_start = months.next_period_start
)

select
    sliced.cohort_code,
    last_months.period_id,
    sliced.breakdown,
    sliced.breakdown_value,
    count(*) as child_count,
    count(sliced.days_in_status) as known_status_count,
    cast(median(sliced.days_in_status) as double) as median_days_in_status
from sliced
inner join last_months on sliced.period_id = last_months.last_month_id
where sliced.breakdown = 'all' or last_months.period_type <> 'month'
group by all
