-- No count of 1 to 5 stands in a released row, or follows by subtracting one of its columns from
-- another. The population of a rate is public and is left out, and so is the whole of what counts
-- nobody.
with rows_with_limit as (
    select
        released.*,
        case when sensitive.indicator_id is null then small.value else small_sensitive.value end
            as largest_small_count
    from {{ ref('released_indicator_values') }} as released
    inner join {{ ref('method_parameters') }} as small on small.parameter = 'small_count'
    inner join {{ ref('method_parameters') }} as small_sensitive
        on small_sensitive.parameter = 'small_count_sensitive'
    left join {{ ref('sensitive_indicators') }} as sensitive
        on released.indicator_id = sensitive.indicator_id
    left join {{ ref('indicators_not_of_people') }} as others
        on released.indicator_id = others.indicator_id
    where others.indicator_id is null or released.breakdown <> 'all'
),

counts as (
    {%- set always = ['n_excluded', 'n_not_known', 'n_in_scope - n_denominator',
        'n_denominator - n_known'] %}
    {%- set of_people = ['n_in_scope', 'n_denominator', 'n_known',
        'n_in_scope - n_excluded - n_known', 'n_in_scope - n_known'] %}
    {%- set of_events = ['numerator'] %}
    {%- set of_shares = ['n_known - numerator'] %}
    {%- for groups, expressions in [
        ("'rate', 'count', 'proportion', 'mean', 'median', 'ratio'", always),
        ("'count', 'proportion', 'mean', 'median', 'ratio'", of_people),
        ("'rate', 'count', 'proportion', 'mean', 'ratio'", of_events),
        ("'count', 'proportion'", of_shares),
    ] %}
    {%- set last_group = loop.last %}
    {%- for expression in expressions %}
    select
        indicator_id, local_authority_code, period_id, breakdown, breakdown_value,
        '{{ expression }}' as reckoned, {{ expression }} as small_count, largest_small_count
    from rows_with_limit
    where measure_type in ({{ groups }})
    {{ 'union all' if not (last_group and loop.last) }}
    {%- endfor %}
    {%- endfor %}
)

select *
from counts
where small_count between 1 and largest_small_count
