with parameters as (
    select
        {{ parameter_columns([
            'small_count', 'small_count_sensitive', 'released_minimum_n',
            'released_minimum_each_side', 'sensitive_extreme_below', 'whole_percent_below',
        ]) }}
    from {{ ref('method_parameters') }}
),

-- Indicators drawn from the same records give each other away, and are withheld together.
families as (
    select
        indicators.indicator_id,
        indicators.unknown_policy,
        sensitive.indicator_id is not null as is_sensitive,
        coalesce(
            max(registered.family_code) over (
                partition by coalesce(indicators.measure_code, indicators.indicator_id)
            ),
            indicators.measure_code,
            indicators.indicator_id
        ) as family_code
    from {{ ref('indicators') }} as indicators
    left join {{ ref('disclosure_families') }} as registered
        on indicators.indicator_id = registered.indicator_id
    left join {{ ref('sensitive_indicators') }} as sensitive
        on indicators.indicator_id = sensitive.indicator_id
),

cells as (
    select
        internal.*,
        families.family_code,
        families.unknown_policy,
        families.is_sensitive,
        periods.reporting_year,
        case internal.period_type when 'month' then 1 when 'quarter' then 2 else 3 end
            as coarseness,
        case
            when families.is_sensitive then parameters.small_count_sensitive
            else parameters.small_count
        end as largest_small_count,
        case
            when families.unknown_policy = 'COUNT_AS_NOT_ACHIEVED'
                and internal.measure_type = 'proportion' then internal.n_denominator
            else internal.n_known
        end as n,
        parameters.released_minimum_n,
        parameters.released_minimum_each_side,
        parameters.sensitive_extreme_below,
        parameters.whole_percent_below
    from {{ ref('indicator_values') }} as internal
    cross join parameters
    inner join families on internal.indicator_id = families.indicator_id
    inner join {{ ref('periods') }} as periods on internal.period_id = periods.period_id
),

rounded as (
    select
        cells.*,
        case when cells.n < cells.whole_percent_below then 0 else 1 end as decimals,
        -- The limits of a median are values of two children: so many more must lie beyond each.
        {%- for level in ['95', '998'] %}
        cells.measure_type = 'median'
            and coalesce(ranks.rank{{ level }} <= cells.released_minimum_each_side, false)
            as is_limit{{ level }}_thin,
        {%- endfor %}
        cells.measure_type = 'mean' and cells.n < 2 * cells.released_minimum_each_side
            as is_median_thin
    from cells
    left join {{ ref('median_ranks') }} as ranks on cells.n = ranks.n
),

symbolled as (
    select
        *,
        case
            when measure_type = 'proportion' then {{ percent_symbol(
                'numerator', 'n', 'decimals', 'largest_small_count', 'released_minimum_n',
                'is_sensitive', 'sensitive_extreme_below'
            ) }}
            when measure_type = 'rate' and numerator between 1 and largest_small_count then '[c]'
            when measure_type = 'count' and (
                numerator between 1 and largest_small_count
                or n_denominator between 1 and largest_small_count
                or n_known between 1 and largest_small_count
                or n_known - numerator between 1 and largest_small_count
            ) then '[c]'
            when measure_type in ('mean', 'median', 'ratio')
                and n between 1 and released_minimum_n - 1
                then '[c]'
            -- How many lie behind a sum of hours or days is known inside alone.
            when measure_type in ('mean', 'ratio') and is_disclosive then '[c]'
            -- With an even number of values half lie on each side; with an odd one, a value less.
            when measure_type = 'median' and n between 1 and 2 * released_minimum_each_side - 1
                then '[c]'
            else symbol
        end as own_symbol,
        n_excluded between 1 and largest_small_count as is_excluded_small,
        n_not_known between 1 and largest_small_count
            or (
                -- Here n is all in the denominator, so the known and not achieved are a
                -- count of their own.
                unknown_policy = 'COUNT_AS_NOT_ACHIEVED'
                and measure_type = 'proportion'
                and n_known - numerator between 1 and largest_small_count
            ) as is_unknown_small
    from rounded
),

-- All or nothing: one family, authority, year, length of period and breakdown.
blocks as (
    select
        family_code,
        local_authority_code,
        reporting_year,
        coarseness,
        breakdown,
        max(case when own_symbol = '[c]' then 1 else 0 end) as is_withheld,
        max(case when is_excluded_small then 1 else 0 end) as is_excluded_withheld,
        max(case when is_unknown_small then 1 else 0 end) as is_unknown_withheld
    from symbolled
    group by family_code, local_authority_code, reporting_year, coarseness, breakdown
),

-- What is withheld of a whole is withheld of its parts, or their sum would bring it back.
withheld as (
    select
        blocks.family_code,
        blocks.local_authority_code,
        blocks.reporting_year,
        blocks.coarseness,
        blocks.breakdown,
        max(wholes.is_withheld) = 1 as is_withheld,
        max(wholes.is_excluded_withheld) = 1 as is_excluded_withheld,
        max(wholes.is_unknown_withheld) = 1 as is_unknown_withheld
    from blocks
    -- Each block is a whole of itself.
    inner join blocks as wholes
        on blocks.family_code = wholes.family_code
        and blocks.local_authority_code = wholes.local_authority_code
        and blocks.reporting_year = wholes.reporting_year
        and blocks.coarseness <= wholes.coarseness
        and (wholes.breakdown = 'all' or blocks.breakdown = wholes.breakdown)
    group by
        blocks.family_code, blocks.local_authority_code, blocks.reporting_year,
        blocks.coarseness, blocks.breakdown
),

decided as (
    select
        symbolled.*,
        withheld.is_withheld,
        withheld.is_excluded_withheld,
        withheld.is_unknown_withheld,
        -- Of the known and all in the denominator, the one that the percentage is of may stay.
        symbolled.unknown_policy = 'COUNT_AS_NOT_ACHIEVED'
            and symbolled.measure_type = 'proportion' as is_of_denominator
    from symbolled
    inner join withheld
        on symbolled.family_code = withheld.family_code
        and symbolled.local_authority_code = withheld.local_authority_code
        and symbolled.reporting_year = withheld.reporting_year
        and symbolled.coarseness = withheld.coarseness
        and symbolled.breakdown = withheld.breakdown
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
        when measure_type = 'proportion' then {{ round_half_up('value', 'decimals') }}
        else value
    end as value,
    case when not (is_withheld or is_median_thin) then skewed_median end as skewed_median,
    {%- for level in ['95', '998'] %}
    {%- for side in ['lower', 'upper'] %}
    {%- set limit = side ~ level %}
    case
        when is_withheld or is_limit{{ level }}_thin then null
        when measure_type = 'proportion' then {{ round_half_up(limit, 'decimals') }}
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
