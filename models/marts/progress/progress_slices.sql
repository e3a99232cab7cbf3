-- What children are counted by, beside the whole; each is a column of child_progress. Measures
-- that follow a plan belong to no programme: None is that, and not a gap in the record.
{% set breakdowns = {
    'all': "'All'",
    'programme': "coalesce(programme_code, 'None')",
    'service': "coalesce(service_code, 'None')",
    'service_area': "coalesce(service_area_code, 'None')",
    'provider': "coalesce(provider_code, 'None')",
    'delivery_model': "coalesce(delivery_model_code, 'None')",
    'programme_delivery_model':
        "coalesce(programme_code || ':' || delivery_model_code, 'None')",
    'team': "coalesce(team_id, 'Not known')",
    'support_level': "coalesce(support_level, 'None')",
    'sex': "coalesce(sex, 'Not known')",
    'age_band': "coalesce(age_band, 'Not known')",
    'ethnic_group': "coalesce(ethnic_group, 'Not known')",
} %}

with parameters as (
    select
        {{ parameter_columns([
            'added_value_constant', 'added_value_total', 'added_value_impact',
            'added_value_emotional', 'added_value_shortest_months',
            'added_value_longest_months',
        ]) }}
    from {{ ref('method_parameters') }}
),

tools as (
    select tool_code, added_value_part, retest_reliability from {{ ref('progress_measures') }}
),

children as (
    select
        progress.*,
        tools.retest_reliability,
        -- Of children with high need at first who were asked again after so many months.
        case
            when tools.added_value_part = 'total'
                and progress.change_group in ('better', 'same', 'worse')
                and progress.baseline_band = 'CONCERN'
                and {{ whole_months('progress.baseline_date', 'progress.latest_date') }}
                >= parameters.added_value_shortest_months
                and {{ whole_months(
                    'progress.baseline_date', day_before('progress.latest_date')
                ) }} < parameters.added_value_longest_months
                then {{ settled(added_value_score(
                    'progress.baseline_score', 'progress.baseline_impact_score',
                    'progress.baseline_emotional_score', 'progress.latest_score', 'parameters'
                )) }}
        end as added_value
    from {{ ref('child_progress') }} as progress
    inner join tools on progress.tool_code = tools.tool_code
    cross join parameters
)

{% for breakdown, value in breakdowns.items() %}
select
    local_authority_code,
    period_id,
    child_id,
    domain_code,
    measure_code,
    is_whole_tool,
    class_rule,
    is_due,
    change_class,
    class_retest_sensitivity,
    change_group,
    baseline_score,
    latest_score,
    score_change,
    retest_reliability,
    added_value,
    '{{ breakdown }}' as breakdown,
    {{ value }} as breakdown_value
from children
{{ 'union all' if not loop.last }}
{% endfor %}
