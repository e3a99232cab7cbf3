with parameters as (
    select {{ parameter_columns(['z95', 'released_minimum_n']) }}
    from {{ ref('method_parameters') }}
),

sides as (
    select
        slices.indicator_id,
        slices.local_authority_code,
        slices.period_id,
        periods.reporting_year,
        vulnerable.group_code,
        vulnerable.group_name,
        indicators.polarity,
        slices.numerator as x_group,
        slices.n_known as n_group,
        wholes.numerator - slices.numerator as x_rest,
        wholes.n_known - slices.n_known as n_rest,
        parameters.z95
    from {{ ref('indicator_values') }} as slices
    inner join {{ ref('vulnerable_groups') }} as vulnerable
        on slices.breakdown = vulnerable.breakdown
        and slices.breakdown_value = vulnerable.breakdown_value
    inner join {{ ref('indicator_values') }} as wholes
        on slices.indicator_id = wholes.indicator_id
        and slices.local_authority_code = wholes.local_authority_code
        and slices.period_id = wholes.period_id
        and wholes.breakdown = 'all'
    inner join {{ ref('indicators') }} as indicators
        on slices.indicator_id = indicators.indicator_id
    inner join {{ ref('periods') }} as periods on slices.period_id = periods.period_id
    cross join parameters
    where slices.period_type = 'year'
        and slices.measure_type = 'proportion'
        and slices.n_known >= parameters.released_minimum_n
        and wholes.n_known - slices.n_known >= parameters.released_minimum_n
),

limited as (
    select
        *,
        cast(x_group as double) / n_group as p_group,
        cast(x_rest as double) / n_rest as p_rest,
        {%- for side in ['group', 'rest'] %}
        {{ wilson_lower('x_' ~ side, 'n_' ~ side, 'z95') }} as lower_{{ side }},
        {{ wilson_upper('x_' ~ side, 'n_' ~ side, 'z95') }} as upper_{{ side }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from sides
),

gaps as (
    select
        *,
        p_group - p_rest as gap,
        {{ newcombe_lower(
            'p_group', 'lower_group', 'upper_group', 'p_rest', 'lower_rest', 'upper_rest'
        ) }} as gap_lower,
        {{ newcombe_upper(
            'p_group', 'lower_group', 'upper_group', 'p_rest', 'lower_rest', 'upper_rest'
        ) }} as gap_upper
    from limited
),

-- The change of a gap is a difference again, of two whose limits are known.
compared as (
    select
        gaps.*,
        earlier.gap as earlier_gap,
        gaps.gap - earlier.gap as change,
        {{ newcombe_lower(
            'gaps.gap', 'gaps.gap_lower', 'gaps.gap_upper',
            'earlier.gap', 'earlier.gap_lower', 'earlier.gap_upper'
        ) }} as change_lower,
        {{ newcombe_upper(
            'gaps.gap', 'gaps.gap_lower', 'gaps.gap_upper',
            'earlier.gap', 'earlier.gap_lower', 'earlier.gap_upper'
        ) }} as change_upper
    from gaps
    left join gaps as earlier
        on gaps.indicator_id = earlier.indicator_id
        and gaps.local_authority_code = earlier.local_authority_code
        and gaps.group_code = earlier.group_code
        and gaps.reporting_year = earlier.reporting_year + 1
)

select
    indicator_id,
    local_authority_code,
    period_id,
    group_code,
    group_name,
    polarity,
    cast(n_group as bigint) as n_group,
    {{ settled('100 * p_group') }} as group_value,
    cast(n_rest as bigint) as n_rest,
    {{ settled('100 * p_rest') }} as rest_value,
    {{ settled('100 * gap') }} as gap,
    {{ settled('100 * gap_lower') }} as gap_lower95,
    {{ settled('100 * gap_upper') }} as gap_upper95,
    case
        when gap_lower <= 0 and gap_upper >= 0 then 'NO_CLEAR_GAP'
        when polarity not in ('higher_better', 'lower_better') then 'DIFFERENT'
        when (gap > 0) = (polarity = 'higher_better') then 'BETTER_THAN_REST'
        else 'WORSE_THAN_REST'
    end as gap_reading,
    {{ settled('100 * change') }} as change_on_year,
    {{ settled('100 * change_lower') }} as change_lower95,
    {{ settled('100 * change_upper') }} as change_upper95,
    case
        when change is null then null
        when change_lower <= 0 and change_upper >= 0 then 'NO_CLEAR_CHANGE'
        when abs(gap) < abs(earlier_gap) then 'NARROWER'
        else 'WIDER'
    end as change_reading,
    {{ as_at_date() }} as as_at_date
from compared
