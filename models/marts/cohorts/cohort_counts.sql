-- What children are counted by, beside the whole; each is a column of cohort_snapshots.
{% set breakdowns = {
    'all': "'All'",
    'age_band': 'age_band',
    'sex': 'sex',
    'ethnic_group': 'ethnic_group',
    'unaccompanied_asylum_seeker':
        "case when is_unaccompanied_asylum_seeker then 'Yes' else 'No' end",
    'legal_status': 'legal_status_code',
    'placement_type': 'placement_type_code',
    'primary_need': 'primary_need_code',
    'abuse_category': 'abuse_category_code',
    'support_level': 'support_level',
    'deprivation_quintile': 'cast(deprivation_quintile as varchar)',
    'zone': 'zone_code',
    'team': 'team_id',
} %}
-- Only children looked after have these, only children with a need, and so on.
{% set cohorts_of = {
    'legal_status': ['in_care', 'short_breaks', 'in_care_aged_18_or_over'],
    'placement_type': ['in_care', 'short_breaks', 'in_care_aged_18_or_over'],
    'primary_need': ['in_care', 'short_breaks', 'in_care_aged_18_or_over', 'child_in_need'],
    'abuse_category': ['protection_plan'],
} %}

with snapshots as (
    select * from {{ ref('cohort_snapshots') }}
),

-- A quarter and a year are read on their last day, which is that of a month.
read_on as (
    select
        periods.period_id,
        periods.period_type,
        periods.period_start,
        periods.period_end
    from {{ ref('periods') }} as periods
    where periods.period_end <= {{ as_at_date() }}
),

counted as (
    {% for breakdown, value in breakdowns.items() %}
    select
        cohort_code,
        local_authority_code,
        period_end,
        '{{ breakdown }}' as breakdown,
        coalesce({{ value }}, 'Not known') as breakdown_value,
        count(*) as child_count,
        count(days_in_status) filter (where is_status_start_held) as known_status_count,
        median(days_in_status) filter (where is_status_start_held) as median_days_in_status
    from snapshots
    {% if breakdown in cohorts_of %}
    where cohort_code in ('{{ cohorts_of[breakdown] | join("', '") }}')
    {% endif %}
    group by all
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    counted.cohort_code,
    counted.local_authority_code,
    read_on.period_id,
    read_on.period_type,
    read_on.period_start,
    read_on.period_end,
    counted.breakdown,
    counted.breakdown_value,
    cast(counted.child_count as bigint) as child_count,
    cast(counted.known_status_count as bigint) as known_status_count,
    cast(counted.median_days_in_status as double) as median_days_in_status
from counted
inner join read_on on counted.period_end = read_on.period_end
-- A monthly count of a few children in many slices helps nobody and fills the file.
where counted.breakdown = 'all' or read_on.period_type <> 'month'
