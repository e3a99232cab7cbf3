with parameters as (
    select {{ parameter_columns(['released_minimum_each_side']) }}
    from {{ ref('method_parameters') }}
),

decided as (
    select
        internal.*,
        disclosure.n,
        disclosure.decimals,
        disclosure.own_symbol,
        disclosure.is_of_denominator,
        coalesce(withheld.is_withheld, false) as is_withheld,
        coalesce(withheld.is_excluded_withheld, false) as is_excluded_withheld,
        coalesce(withheld.is_unknown_withheld, false) as is_unknown_withheld,
        -- The limits of a median are values of two children: so many more must lie beyond each.
        {%- for level in ['95', '998'] %}
        internal.measure_type = 'median'
            and coalesce(ranks.rank{{ level }} <= parameters.released_minimum_each_side, false)
            as is_limit{{ level }}_thin,
        {%- endfor %}
        internal.measure_type = 'mean'
            and disclosure.n < 2 * parameters.released_minimum_each_side as is_median_thin,
        -- Points between percentages are shown as those are.
        internal.measure_type = 'difference' and internal.unit = 'percent' as is_points
    from {{ ref('indicator_values') }} as internal
    cross join parameters
    inner join {{ ref('figure_disclosure') }} as disclosure
        on internal.indicator_id = disclosure.indicator_id
        and internal.local_authority_code = disclosure.local_authority_code
        and internal.period_id = disclosure.period_id
        and internal.breakdown = disclosure.breakdown
        and internal.breakdown_value = disclosure.breakdown_value
    left join {{ withheld_rows() }} as withheld
        on disclosure.family_code = withheld.table_code
        and disclosure.local_authority_code = withheld.local_authority_code
        and disclosure.period_id = withheld.period_id
        and disclosure.breakdown = withheld.breakdown
        and disclosure.breakdown_value = withheld.breakdown_value
    left join {{ ref('median_ranks') }} as ranks on disclosure.n = ranks.n
)

select
    indicator_id,
    indicator_version,
    local_authority_code,
    period_id,
    period_type,
    period_start,
    period_end,
    breakdown,
    breakdown_value,
    measure_type,
    unit,
    -- Of the known and all in the denominator, the one that the percentage is of may stay.
    case
        when is_withheld or is_excluded_withheld then null
        when is_unknown_withheld and not is_of_denominator then null
        else n_in_scope
    end as n_in_scope,
    case when not (is_withheld or is_excluded_withheld) then n_excluded end as n_excluded,
    case
        when not (is_withheld or (is_unknown_withheld and not is_of_denominator))
            then n_denominator
    end as n_denominator,
    case
        when not (is_withheld or (is_unknown_withheld and is_of_denominator)) then n_known
    end as n_known,
    case when not (is_withheld or is_unknown_withheld) then n_not_known end as n_not_known,
    case when not is_withheld then numerator end as numerator,
    case
        when is_withheld or own_symbol is not null then null
        when measure_type = 'proportion' and n_eff = n
            then {{ percent_half_up('numerator', 'n', 'decimals') }}
        when measure_type = 'proportion' or is_points
            then {{ round_half_up('value', 'decimals') }}
        else value
    end as value,
    case when not (is_withheld or is_median_thin) then skewed_median end as skewed_median,
    {%- for level in ['95', '998'] %}
    {%- for side in ['lower', 'upper'] %}
    {%- set limit = side ~ level %}
    case
        when is_withheld or is_limit{{ level }}_thin then null
        when measure_type = 'proportion' or is_points
            then {{ round_half_up(limit, 'decimals') }}
        else {{ limit }}
    end as {{ limit }},
    {%- endfor %}
    {%- endfor %}
    -- Its very name says whether there were ten events.
    case
        when is_withheld then null
        when is_limit95_thin then 'none'
        else interval_method
    end as interval_method,
    case when not is_withheld then n_eff end as n_eff,
    case when not (is_withheld or is_unknown_withheld) then coverage end as coverage,
    case when is_withheld then '[c]' else own_symbol end as symbol,
    case when not is_withheld then false end as is_disclosive,
    case when not is_withheld then source_count end as source_count,
    case when not is_withheld then dq_grade end as dq_grade,
    as_at_date,
    parameter_version
from decided
