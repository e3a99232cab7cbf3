with parameters as (
    select
        {{ parameter_columns([
            'small_count', 'released_minimum_n', 'whole_percent_below', 'sensitive_extreme_below',
        ]) }}
    from {{ ref('method_parameters') }}
),

-- An indicator of a domain may be of the same children as its summary, and say the same of them.
told_in_figures as (
    select
        coalesce(rules.domain_code, 'all') as domain_code,
        figures.local_authority_code,
        figures.period_id,
        figures.breakdown,
        figures.breakdown_value,
        figures.family_code,
        figures.n,
        figures.numerator
    from {{ ref('progress_indicators') }} as rules
    inner join {{ ref('indicators') }} as indicators
        on rules.measure_code = indicators.measure_code
    inner join {{ ref('figure_disclosure') }} as figures
        on indicators.indicator_id = figures.indicator_id
),

-- Every service has one programme, or none.
programmes as (
    select
        local_authority_code,
        coalesce(service_code, 'None') as service_code,
        max(coalesce(programme_code, 'None')) as programme_code
    from {{ ref('child_progress') }}
    group by local_authority_code, coalesce(service_code, 'None')
),

summaries as (
    select
        internal.*,
        periods.reporting_year,
        case when internal.breakdown = 'all' then 'all' else internal.breakdown_value end
            as slice,
        case internal.breakdown
            when 'service' then programmes.programme_code
            when 'programme_delivery_model'
                then nullif(split_part(internal.breakdown_value, ':', 1), 'None')
        end as programme_code,
        parameters.small_count,
        -- Of slices these are not released.
        case when internal.breakdown = 'all' then internal.n_maintained_good end
            as n_maintained_whole,
        case when internal.breakdown = 'all' then internal.n_better_retest end as n_retest_whole,
        internal.n_known - internal.n_better as n_not_better,
        internal.n_eligible - internal.n_known as n_unknown,
        case when internal.n_known < parameters.whole_percent_below then 0 else 1 end
            as decimals,
        parameters.released_minimum_n,
        parameters.sensitive_extreme_below
    from {{ ref('progress_summaries') }} as internal
    cross join parameters
    inner join {{ ref('periods') }} as periods on internal.period_id = periods.period_id
    left join programmes
        on internal.local_authority_code = programmes.local_authority_code
        and internal.breakdown_value = programmes.service_code
    where {{ is_released_progress('internal.breakdown') }}
),

symbolled as (
    select
        *,
        -- How a child fares is no more sensitive than that the child is helped.
        {{ percent_symbol(
            'n_better', 'n_known', 'decimals', 'small_count', 'released_minimum_n', 'false',
            'sensitive_extreme_below'
        ) }} as own_symbol,
        {{ any_small([
            'n_same', 'n_worse', 'n_mixed', 'n_maintained_whole', 'n_same - n_maintained_whole',
            'n_retest_whole', 'n_better - n_retest_whole',
        ]) }} as is_class_small,
        {{ any_small(['n_too_soon', 'n_no_baseline', 'n_not_known']) }} as is_reason_small,
        {%- for whole, parts in [
            ('class', ['n_same', 'n_worse', 'n_mixed']),
            ('reason', ['n_too_soon', 'n_no_baseline', 'n_not_known']),
        ] %}
        {% for part in parts -%}
        cast({{ part }} > 0 as integer){{ ' + ' if not loop.last }}
        {%- endfor %} as {{ whole }}_parts
        {{- ',' if not loop.last }}
        {%- endfor %}
    from summaries
)

select
    summaries.local_authority_code,
    summaries.reporting_year,
    summaries.period_id,
    summaries.domain_code,
    summaries.measure_code,
    summaries.breakdown,
    summaries.slice as breakdown_value,
    summaries.programme_code,
    told_in_figures.family_code as same_children_table,
    coalesce(told_in_figures.numerator = summaries.n_better, false) as is_same_figure,
    cast(summaries.small_count as integer) as largest_small_count,
    summaries.n_better,
    summaries.n_not_better,
    summaries.n_same,
    summaries.n_worse,
    summaries.n_mixed,
    cast(summaries.class_parts as integer) as class_parts,
    summaries.n_maintained_whole,
    summaries.n_retest_whole,
    summaries.n_unknown,
    summaries.n_too_soon,
    summaries.n_no_baseline,
    summaries.n_not_known,
    cast(summaries.reason_parts as integer) as reason_parts,
    summaries.n_not_due,
    cast(summaries.decimals as integer) as decimals,
    summaries.own_symbol,
    -- Of few who are not better it would be known how many of them are which.
    coalesce(summaries.own_symbol = '[c]', false)
    or (
        summaries.is_class_small
        and summaries.n_not_better > 0
        and summaries.n_not_better - summaries.class_parts < summaries.small_count - 1
    ) as is_small,
    summaries.is_class_small,
    coalesce(summaries.n_unknown between 1 and summaries.small_count, false)
    or (
        summaries.is_reason_small
        and summaries.n_unknown - summaries.reason_parts < summaries.small_count - 1
    ) as is_unknown_small,
    summaries.is_reason_small,
    coalesce(summaries.n_not_due between 1 and summaries.small_count, false)
        as is_not_due_small
from symbolled as summaries
left join told_in_figures
    on summaries.domain_code = told_in_figures.domain_code
    and summaries.local_authority_code = told_in_figures.local_authority_code
    and summaries.period_id = told_in_figures.period_id
    and summaries.breakdown = told_in_figures.breakdown
    and summaries.slice = told_in_figures.breakdown_value
    and summaries.n_known = told_in_figures.n
    and summaries.n_known > 0
