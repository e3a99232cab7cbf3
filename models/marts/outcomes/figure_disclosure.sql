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
        others.indicator_id is null as is_of_people,
        coalesce(indicators.measure_code, indicators.indicator_id) as records_code,
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
    left join {{ ref('indicators_not_of_people') }} as others
        on indicators.indicator_id = others.indicator_id
),

figures as (
    select
        internal.*,
        families.family_code,
        families.records_code,
        families.is_sensitive,
        families.is_of_people,
        periods.reporting_year,
        case
            when families.is_sensitive then parameters.small_count_sensitive
            else parameters.small_count
        end as largest_small_count,
        families.unknown_policy = 'COUNT_AS_NOT_ACHIEVED'
            and internal.measure_type = 'proportion' as is_of_denominator,
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
    where {{ is_released_breakdown('internal.breakdown') }}
),

rounded as (
    select
        *,
        case when n < whole_percent_below then 0 else 1 end as decimals
    from figures
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
            when measure_type in ('mean', 'median', 'ratio', 'difference')
                and n between 1 and released_minimum_n - 1
                then '[c]'
            -- How many lie behind a sum of hours or days, or on a side, is known inside alone.
            when measure_type in ('mean', 'ratio', 'difference') and is_disclosive then '[c]'
            -- With an even number of values half lie on each side; with an odd one, a value less.
            when measure_type = 'median' and n between 1 and 2 * released_minimum_each_side - 1
                then '[c]'
            else symbol
        end as rule_symbol
    from rounded
)

select
    indicator_id,
    local_authority_code,
    period_id,
    period_type,
    period_start,
    period_end,
    breakdown,
    breakdown_value,
    reporting_year,
    family_code,
    records_code,
    measure_type,
    is_sensitive,
    is_of_people,
    is_of_denominator,
    cast(largest_small_count as integer) as largest_small_count,
    cast(n as bigint) as n,
    cast(numerator as double) as numerator,
    -- Of a sum of scores or days how many there are is the other count; of a rate the public is.
    cast(
        case
            when measure_type in ('mean', 'median', 'ratio', 'difference') then n_known
            when measure_type <> 'rate' then n - numerator
        end as double
    ) as other_count,
    cast(n_excluded as bigint) as n_excluded,
    cast(case when measure_type <> 'rate' then n_not_known end as bigint) as n_not_known,
    cast(decimals as integer) as decimals,
    -- The slices of an audit are those of the child whose case was looked at, and cannot be guarded
    -- where the whole is always shown: they are withheld.
    case
        when is_of_people then rule_symbol
        when breakdown <> 'all' then '[c]'
        else symbol
    end as own_symbol,
    case
        when is_of_people then coalesce(rule_symbol = '[c]', false)
        else breakdown <> 'all'
    end as is_small,
    is_of_people and n_excluded between 1 and largest_small_count as is_excluded_small,
    is_of_people
    and measure_type <> 'rate'
    and (
        coalesce(n_not_known between 1 and largest_small_count, false)
        -- Here n is all in the denominator, so the known and not achieved are a count of their own.
        or (
            is_of_denominator
            and coalesce(n_known - numerator between 1 and largest_small_count, false)
        )
    ) as is_unknown_small
from symbolled
