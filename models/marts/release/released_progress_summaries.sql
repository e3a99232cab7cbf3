with parameters as (
    select
        {{ parameter_columns([
            'small_count', 'released_minimum_n', 'released_minimum_each_side',
            'sensitive_extreme_below', 'whole_percent_below',
        ]) }}
    from {{ ref('method_parameters') }}
),

cells as (
    select
        internal.*,
        periods.reporting_year,
        case internal.period_type when 'quarter' then 2 else 3 end as coarseness,
        case when internal.n_known < parameters.whole_percent_below then 0 else 1 end as decimals,
        parameters.small_count,
        parameters.released_minimum_n,
        parameters.released_minimum_each_side,
        parameters.sensitive_extreme_below
    from {{ ref('progress_summaries') }} as internal
    inner join {{ ref('periods') }} as periods on internal.period_id = periods.period_id
    cross join parameters
),

symbolled as (
    select
        *,
        -- How a child fares is no more sensitive than that the child is helped.
        {{ percent_symbol(
            'n_better', 'n_known', 'decimals', 'small_count', 'released_minimum_n', 'false',
            'sensitive_extreme_below'
        ) }} as own_symbol
    from cells
),

judged as (
    select
        *,
        -- Nobody known says nothing of anybody; how many there are still may.
        own_symbol = '[c]' as is_share_small,
        {{ any_small([
            'n_same', 'n_worse', 'n_mixed', 'n_maintained_good', 'n_same - n_maintained_good',
            'n_better_retest', 'n_better - n_better_retest',
        ]) }} as is_class_small,
        {{ any_small(['n_eligible', 'n_eligible - n_known', 'n_eligible - n_better']) }}
            as is_unknown_small,
        {{ any_small(['n_too_soon', 'n_no_baseline', 'n_not_known']) }} as is_reason_small,
        {{ any_small(['n_in_scope', 'n_not_due', 'n_in_scope - n_known']) }}
            as is_not_due_small
    from symbolled
),

-- All or nothing: an authority's year, length of period, domain and breakdown, every measure of it.
blocks as (
    select
        local_authority_code,
        reporting_year,
        coarseness,
        domain_code,
        breakdown,
        {%- for flag in ['share', 'class', 'unknown', 'reason', 'not_due'] %}
        coalesce(bool_or(is_{{ flag }}_small), false) as is_{{ flag }}_withheld
        {{- ',' if not loop.last }}
        {%- endfor %}
    from judged
    group by local_authority_code, reporting_year, coarseness, domain_code, breakdown
),

-- What is withheld of a whole is withheld of its parts; and what is withheld of a domain is of the
-- figures over all domains, which might be that domain and one that is shown.
withheld as (
    select
        blocks.local_authority_code,
        blocks.reporting_year,
        blocks.coarseness,
        blocks.domain_code,
        blocks.breakdown,
        {%- for flag in ['share', 'class', 'unknown', 'reason', 'not_due'] %}
        bool_or(wholes.is_{{ flag }}_withheld) as is_{{ flag }}_withheld
        {{- ',' if not loop.last }}
        {%- endfor %}
    from blocks
    inner join blocks as wholes
        on blocks.local_authority_code = wholes.local_authority_code
        and blocks.reporting_year = wholes.reporting_year
        and blocks.coarseness <= wholes.coarseness
        and (blocks.domain_code = wholes.domain_code or blocks.domain_code = 'all')
        and (wholes.breakdown = 'all' or blocks.breakdown = wholes.breakdown)
    group by
        blocks.local_authority_code, blocks.reporting_year, blocks.coarseness,
        blocks.domain_code, blocks.breakdown
),

decided as (
    select
        judged.*,
        withheld.is_share_withheld as is_withheld,
        withheld.is_share_withheld or withheld.is_class_withheld as is_class_withheld,
        withheld.is_share_withheld or withheld.is_unknown_withheld as is_unknown_withheld,
        withheld.is_share_withheld or withheld.is_unknown_withheld
        or withheld.is_reason_withheld as is_reason_withheld,
        withheld.is_share_withheld or withheld.is_unknown_withheld
        or withheld.is_not_due_withheld as is_not_due_withheld,
        -- Means of slices would give the mean of one that is left out.
        not withheld.is_share_withheld
        and judged.breakdown = 'all'
        and judged.n_known >= judged.released_minimum_n as has_means,
        -- The width of its limits says how many children it is of.
        {{ any_small(['judged.n_known - judged.n_added_value']) }} = false as has_added_value
    from judged
    inner join withheld
        on judged.local_authority_code = withheld.local_authority_code
        and judged.reporting_year = withheld.reporting_year
        and judged.coarseness = withheld.coarseness
        and judged.domain_code = withheld.domain_code
        and judged.breakdown = withheld.breakdown
)

select
    local_authority_code,
    period_id,
    period_type,
    period_start,
    period_end,
    domain_code,
    measure_code,
    breakdown,
    breakdown_value,
    {%- for column in ['n_in_scope', 'n_not_due'] %}
    case when not is_not_due_withheld then {{ column }} end as {{ column }},
    {%- endfor %}
    case when not is_unknown_withheld then n_eligible end as n_eligible,
    {%- for column in ['n_known', 'n_better'] %}
    case when not is_withheld then {{ column }} end as {{ column }},
    {%- endfor %}
    {%- for column in ['n_same', 'n_worse', 'n_mixed'] %}
    case when not is_class_withheld then {{ column }} end as {{ column }},
    {%- endfor %}
    {%- for column in ['n_too_soon', 'n_no_baseline', 'n_not_known'] %}
    case when not is_reason_withheld then {{ column }} end as {{ column }},
    {%- endfor %}
    {%- for column in ['n_maintained_good', 'n_better_retest'] %}
    case when not is_class_withheld then {{ column }} end as {{ column }},
    {%- endfor %}
    case
        when not is_withheld and own_symbol is null
            then {{ percent_half_up('n_better', 'n_known', 'decimals') }}
    end as value,
    {%- for limit in ['lower95', 'upper95', 'lower998', 'upper998'] %}
    case when not is_withheld then {{ round_half_up(limit, 'decimals') }} end as {{ limit }},
    {%- endfor %}
    {%- for bound in ['value_if_none_better', 'value_if_all_better'] %}
    case when not is_unknown_withheld then {{ round_half_up(bound, 'decimals') }} end
        as {{ bound }},
    {%- endfor %}
    case when not is_unknown_withheld then coverage end as coverage,
    case
        when is_withheld then '[c]'
        when own_symbol is not null then own_symbol
        -- That few are known would say how many are not.
        when not is_unknown_withheld then symbol
    end as symbol,
    case when has_means and n_known >= 2 * released_minimum_each_side then median_change end
        as median_change,
    {%- for mean in ['baseline_mean', 'follow_up_mean', 'cohort_mean',
        'expected_follow_up_mean'] %}
    case when has_means and not is_unknown_withheld then {{ round_half_up(mean, 1) }} end
        as {{ mean }},
    {%- endfor %}
    case
        when has_means and has_added_value and added_value_mean is not null then n_added_value
    end as n_added_value,
    {%- for figure in ['added_value_mean', 'added_value_lower95', 'added_value_upper95',
        'added_value_effect_size'] %}
    case when has_means and has_added_value then {{ round_half_up(figure, 2) }} end
        as {{ figure }},
    {%- endfor %}
    case when not is_withheld then false end as is_disclosive,
    as_at_date,
    parameter_version
from decided
