with parameters as (
    select
        {{ parameter_columns([
            'small_count', 'released_minimum_n', 'released_minimum_each_side',
        ]) }}
    from {{ ref('method_parameters') }}
),

decided as (
    select
        internal.*,
        disclosure.decimals,
        disclosure.own_symbol,
        parameters.small_count,
        parameters.released_minimum_n,
        parameters.released_minimum_each_side,
        {%- for aspect in ['', '_class', '_unknown', '_reason', '_not_due'] %}
        coalesce(withheld.is{{ aspect }}_withheld, false) as goes{{ aspect or '_whole' }},
        {%- endfor %}
        disclosure.breakdown = 'all' as is_whole
    from {{ ref('progress_summaries') }} as internal
    cross join parameters
    inner join {{ ref('progress_disclosure') }} as disclosure
        on internal.local_authority_code = disclosure.local_authority_code
        and internal.period_id = disclosure.period_id
        and internal.domain_code = disclosure.domain_code
        and internal.measure_code = disclosure.measure_code
        and internal.breakdown = disclosure.breakdown
        and case when internal.breakdown = 'all' then 'all' else internal.breakdown_value end
        = disclosure.breakdown_value
    left join {{ withheld_rows() }} as withheld
        on 'progress_summaries ' || internal.domain_code = withheld.table_code
        and internal.local_authority_code = withheld.local_authority_code
        and internal.period_id = withheld.period_id
        and internal.breakdown = withheld.breakdown
        and disclosure.breakdown_value = withheld.breakdown_value
),

-- What goes with what.
judged as (
    select
        *,
        goes_whole as is_withheld,
        goes_whole or goes_class as is_class_withheld,
        goes_whole or goes_unknown as is_unknown_withheld,
        goes_whole or goes_unknown or goes_reason as is_reason_withheld,
        goes_whole or goes_unknown or goes_not_due as is_not_due_withheld,
        -- Means of slices would give the mean of one that is left out.
        not goes_whole and is_whole and n_known >= released_minimum_n as has_means,
        -- The width of its limits says how many children it is of.
        coalesce(n_known - n_added_value not between 1 and small_count, true) as has_added_value
    from decided
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
    case when not is_class_withheld and is_whole then {{ column }} end as {{ column }},
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
from judged
