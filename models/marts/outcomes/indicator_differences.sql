with parameters as (
    select
        {{ parameter_columns([
            'z95', 'z998', 'rate_multiplier', 'released_minimum_n', 'small_count',
            'small_count_sensitive',
        ]) }}
    from {{ ref('method_parameters') }}
),

catalogue as (
    select
        indicators.indicator_id,
        rules.figure,
        rules.compared_as,
        rules.first_side,
        rules.second_side,
        rules.needs_year_before,
        rules.has_limits,
        parameters.z95,
        parameters.z998,
        parameters.rate_multiplier,
        parameters.released_minimum_n,
        case
            when sensitive.indicator_id is null
                then parameters.small_count
            else parameters.small_count_sensitive
        end as largest_small_count
    from {{ ref('indicators') }} as indicators
    inner join {{ ref('difference_measures') }} as rules
        on indicators.measure_code = rules.measure_code
    cross join parameters
    left join {{ ref('sensitive_indicators') }} as sensitive
        on indicators.indicator_id = sensitive.indicator_id
    where indicators.measure_type = 'difference'
),

counted as (
    select
        records.indicator_id,
        records.local_authority_code,
        records.period_id,
        records.cohort_code as side,
        catalogue.figure,
        catalogue.compared_as,
        catalogue.rate_multiplier,
        count(*) filter (
            where records.subject_type <> 'population'
                and case
                    when catalogue.figure = 'mean' then records.value is not null
                    else records.numerator_flag is not null
                end
        ) as known_count,
        sum(records.numerator_flag) as flag_sum,
        avg(records.value) filter (where records.subject_type <> 'population') as value_mean,
        stddev_samp(records.value) filter (where records.subject_type <> 'population')
            as value_spread,
        nullif(sum(records.exposure), 0) as exposure_sum,
        max(records.value) filter (where records.subject_type = 'population')
            as published_value
    from {{ ref('measure_records') }} as records
    inner join catalogue on records.indicator_id = catalogue.indicator_id
    where records.denominator_flag = 1
    group by
        records.indicator_id, records.local_authority_code, records.period_id,
        records.cohort_code, catalogue.figure, catalogue.compared_as,
        catalogue.rate_multiplier
),

sides as (
    select
        *,
        coalesce(
            published_value,
            case figure
                when 'share' then 100 * flag_sum / nullif(known_count, 0)
                when 'mean' then value_mean
                when 'rate' then flag_sum / exposure_sum * rate_multiplier
                when 'count' then flag_sum
            end
        ) as side_figure
    from counted
),

-- Of two sides that are equal the first by name is the higher.
ranked as (
    select
        *,
        row_number() over (
            partition by indicator_id, local_authority_code, period_id
            order by side_figure desc, side asc
        ) as place_from_above,
        count(*) over (partition by indicator_id, local_authority_code, period_id)
            as side_count
    from sides
    where compared_as = 'range' and side_figure is not null
),

ends as (
    select
        *,
        case when place_from_above = 1 then 'first' else 'second' end as end_code
    from ranked
    where side_count > 1 and place_from_above in (1, side_count)
),

named as (
    select
        sides.*,
        case when sides.side = catalogue.first_side then 'first' else 'second' end as end_code
    from sides
    inner join catalogue
        on sides.indicator_id = catalogue.indicator_id
        and sides.side in (catalogue.first_side, catalogue.second_side)
),

{% set columns = [
    'side', 'known_count', 'flag_sum', 'value_spread', 'exposure_sum', 'published_value',
    'side_figure',
] -%}
chosen as (
    select
        indicator_id, local_authority_code, period_id, end_code, {{ columns | join(', ') }}
    from named
    union all
    select
        indicator_id, local_authority_code, period_id, end_code, {{ columns | join(', ') }}
    from ends
),

paired as (
    select
        measured.indicator_id,
        measured.local_authority_code,
        measured.period_id,
        catalogue.figure,
        catalogue.compared_as,
        catalogue.has_limits,
        catalogue.z95,
        catalogue.z998,
        catalogue.released_minimum_n,
        catalogue.largest_small_count,
        -- A year that is not loaded has no number: not nought.
        before.indicator_id is null and catalogue.needs_year_before as is_year_before_missing,
        {%- for end in ['first', 'second'] %}
        coalesce({{ end }}.side, catalogue.{{ end }}_side) as {{ end }}_side,
        coalesce({{ end }}.known_count, 0) as {{ end }}_known,
        -- Nothing happened in a window that was looked at.
        case
            when catalogue.figure in ('count', 'rate') then coalesce({{ end }}.flag_sum, 0)
            else {{ end }}.flag_sum
        end as {{ end }}_x,
        {{ end }}.value_spread as {{ end }}_spread,
        {{ end }}.exposure_sum as {{ end }}_exposure,
        {{ end }}.published_value is not null as is_{{ end }}_published,
        case
            when catalogue.figure = 'count' then coalesce({{ end }}.side_figure, 0)
            else {{ end }}.side_figure
        end as {{ end }}_figure{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('measured_periods') }} as measured
    inner join catalogue on measured.indicator_id = catalogue.indicator_id
    left join {{ ref('measured_periods') }} as before
        on measured.indicator_id = before.indicator_id
        and measured.local_authority_code = before.local_authority_code
        and measured.period_type = before.period_type
        and before.period_end = {{ day_before('measured.period_start') }}
    {%- for end in ['first', 'second'] %}
    left join chosen as {{ end }}
        on {{ end }}.end_code = '{{ end }}'
        and measured.indicator_id = {{ end }}.indicator_id
        and measured.local_authority_code = {{ end }}.local_authority_code
        and measured.period_id = {{ end }}.period_id
    {%- endfor %}
),

-- The side that is counted here, where the other is published and counts as fixed.
own as (
    select
        paired.*,
        case when paired.is_second_published then paired.first_x else paired.second_x end
            as own_x,
        case when paired.is_second_published then paired.first_known else paired.second_known end
            as own_n,
        case
            when paired.is_second_published then paired.first_spread else paired.second_spread
        end as own_spread,
        case when paired.is_second_published then 1 else -1 end as own_sign
    from paired
),

spread as (
    select
        own.*,
        own.own_spread / sqrt(nullif(own.own_n, 0)) as own_error,
        {%- for level in ['95', '998'] %}
        case
            when t_table.df is not null then t_table.t{{ level }}
            when own.own_n > 1 then {{ t_quantile('own.z' ~ level, '(own.own_n - 1)') }}
        end as t{{ level }}{{ ',' if not loop.last }}
        {%- endfor %}
    from own
    left join {{ ref('t_quantiles') }} as t_table on own.own_n - 1 = t_table.df
),

-- How far the counted side could lie from where it does, by chance alone.
reached as (
    select
        *,
        {%- for level in ['95', '998'] %}
        {%- for side in ['lower', 'upper'] %}
        case
            when figure = 'share' then
                100 * {{ (wilson_lower if side == 'lower' else wilson_upper)(
                    'own_x', 'own_n', 'z' ~ level
                ) }}
                - case when own_sign = 1 then first_figure else second_figure end
            when figure = 'mean'
                then {{ '-' if side == 'lower' }} t{{ level }} * own_error
        end as {{ side }}{{ level }}_off{{ '' if loop.last and level == '998' else ',' }}
        {%- endfor %}
        {%- endfor %}
    from spread
),

compared as (
    select
        *,
        case
            when is_year_before_missing then null
            when compared_as in ('difference', 'range') then first_figure - second_figure
            when compared_as = 'ratio' then first_figure / nullif(second_figure, 0)
            when compared_as = 'percent_change'
                then 100 * (first_figure / nullif(second_figure, 0) - 1)
        end as difference,
        {%- for level in ['95', '998'] %}
        {%- for side, other in [('lower', 'upper'), ('upper', 'lower')] %}
        case
            when not has_limits then null
            when compared_as = 'difference'
                then first_figure - second_figure + case
                    when own_sign = 1 then {{ side }}{{ level }}_off
                    else -{{ other }}{{ level }}_off
                end
            when compared_as = 'ratio' then {{
                (rate_ratio_lower if side == 'lower' else rate_ratio_upper)(
                    'first_x', 'first_exposure', 'second_x', 'second_exposure', 'z' ~ level
                ) }}
            when compared_as = 'percent_change' then 100 * (
                {{ (rate_ratio_lower if side == 'lower' else rate_ratio_upper)(
                    'first_x', '1', 'second_x', '1', 'z' ~ level
                ) }} - 1
            )
        end as {{ side }}{{ level }},
        {%- endfor %}
        {%- endfor %}
        {%- for end in ['first', 'second'] %}
        not is_{{ end }}_published and case
            when figure = 'mean'
                then {{ end }}_known between 1 and released_minimum_n - 1
            when figure = 'share' then {{ end }}_known between 1 and released_minimum_n - 1
                or {{ end }}_x between 1 and largest_small_count
                or {{ end }}_known - {{ end }}_x between 1 and largest_small_count
            else {{ end }}_x between 1 and largest_small_count
        end as is_{{ end }}_small{{ ',' if not loop.last }}
        {%- endfor %}
    from reached
)

select
    indicator_id,
    local_authority_code,
    period_id,
    first_side,
    cast(first_known as bigint) as first_n_known,
    {{ settled('first_figure') }} as first_value,
    second_side,
    cast(second_known as bigint) as second_n_known,
    {{ settled('second_figure') }} as second_value,
    {{ settled('difference') }} as value,
    {%- for limit in ['lower95', 'upper95', 'lower998', 'upper998'] %}
    case when difference is not null then {{ settled(limit) }} end as {{ limit }},
    {%- endfor %}
    case
        when difference is null or upper95 is null then 'none'
        when compared_as in ('ratio', 'percent_change') then 'rate_ratio'
        when figure = 'share' then 'wilson'
        else 't'
    end as interval_method,
    -- What is not held is not available; what there is too little of to compare has no difference.
    case
        when difference is not null then null
        when is_year_before_missing then '[x]'
        when figure = 'rate' and coalesce(first_exposure, second_exposure) is null then '[x]'
        when has_limits and compared_as = 'difference'
            and not is_first_published and not is_second_published then '[x]'
        else '[z]'
    end as symbol,
    coalesce(is_first_small or is_second_small, false) as is_side_small
from compared
