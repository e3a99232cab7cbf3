{% set spells = {
    'care_episodes': ['has_reversed_dates', 'has_overlap', 'has_gap', 'is_end_inferred'],
    'care_periods': ['has_reversed_dates', 'has_overlap', 'is_end_inferred'],
    'placements': ['has_reversed_dates', 'has_overlap', 'is_end_inferred'],
    'legal_statuses': ['has_reversed_dates', 'has_overlap', 'is_end_inferred'],
    'missing_episodes': ['has_reversed_dates', 'has_overlap', 'is_end_inferred'],
    'early_help_episodes': ['has_reversed_dates', 'has_overlap'],
    'need_episodes': ['has_reversed_dates', 'has_overlap', 'is_end_inferred'],
    'assessments': ['has_reversed_dates'],
    'child_in_need_plans': ['has_reversed_dates', 'has_overlap', 'is_end_inferred'],
    'protection_plans': ['has_reversed_dates', 'has_overlap', 'is_end_inferred'],
} %}

with periods as (
    select distinct local_authority_code, care_period_id from {{ ref('stg_ssd__cla_episodes') }}
),

plans as (
    select distinct local_authority_code, person_key, protection_plan_id
    from {{ ref('stg_ssd__cp_plans') }}
)

{% for table, faults in spells.items() %}
{% set last_table = loop.last %}
{% for fault in faults %}
select
    local_authority_code,
    '{{ table }}' as table_name,
    '{{ fault }}' as fault,
    count(*) as spell_count,
    count(*) filter (where {{ fault }}) as fault_count
from {{ ref('int_' ~ table) }}
group by local_authority_code
{{ 'union all' if not (last_table and loop.last) }}
{% endfor %}
{% endfor %}
union all
-- Reviews of the nightly dataset whose period of care is not there: nobody's, and so in no table.
select
    reviews.local_authority_code,
    'care_reviews' as table_name,
    'has_no_child' as fault,
    count(*) as spell_count,
    count(*) filter (where periods.care_period_id is null) as fault_count
from {{ ref('stg_ssd__cla_reviews') }} as reviews
left join periods
    on reviews.local_authority_code = periods.local_authority_code
    and reviews.care_period_id = periods.care_period_id
group by reviews.local_authority_code
union all
-- Reviews of protection plans that are not there.
select
    reviews.local_authority_code,
    'plan_reviews' as table_name,
    'has_no_plan' as fault,
    count(*) as spell_count,
    count(*) filter (where plans.protection_plan_id is null) as fault_count
from {{ ref('stg_ssd__cp_reviews') }} as reviews
left join plans
    on reviews.local_authority_code = plans.local_authority_code
    and reviews.person_key = plans.person_key
    and reviews.protection_plan_id = plans.protection_plan_id
group by reviews.local_authority_code
