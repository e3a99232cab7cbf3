with parameters as (
    select
        {{ parameter_columns(['small_count', 'small_count_sensitive', 'released_minimum_n']) }}
    from {{ ref('method_parameters') }}
),

released as (
    select
        indicator_id,
        local_authority_code,
        period_id,
        value,
        lower95,
        upper95,
        symbol,
        coalesce(symbol = '[c]', false) as is_withheld
    from {{ ref('released_indicator_values') }}
    where breakdown = 'all'
),

-- A forecast is reckoned from its history: one point of it that may not be shown, today or as it
-- was known then, could be reckoned back.
histories as (
    select
        history.baseline_id,
        max(case
            when released.is_withheld then 1
            when indicators.measure_type not in ('rate', 'count')
                and history.history_n < parameters.released_minimum_n then 1
            when history.history_events > 0
                and history.history_events < 1 + case
                    when sensitive.indicator_id is null then parameters.small_count
                    else parameters.small_count_sensitive
                end then 1
            when history.history_trials - history.history_events > 0
                and history.history_trials - history.history_events < 1 + case
                    when sensitive.indicator_id is null then parameters.small_count
                    else parameters.small_count_sensitive
                end then 1
            else 0
        end) = 1 as is_withheld
    from {{ source('history', 'baseline_forecasts') }} as history
    cross join parameters
    inner join {{ ref('indicators') }} as indicators
        on history.indicator_id = indicators.indicator_id
    left join {{ ref('sensitive_indicators') }} as sensitive
        on history.indicator_id = sensitive.indicator_id
    left join released
        on history.indicator_id = released.indicator_id
        and history.local_authority_code = released.local_authority_code
        and history.period_id = released.period_id
    where history.step <= 0
    group by history.baseline_id
),

decided as (
    select
        curves.*,
        released.value as own_value,
        released.lower95 as own_lower95,
        released.upper95 as own_upper95,
        released.symbol as own_symbol,
        coalesce(released.is_withheld, false) as is_withheld,
        coalesce(histories.is_withheld, false) as is_forecast_withheld,
        -- What is read of an actual is read with the one before it.
        coalesce(
            lag(released.is_withheld) over (
                partition by
                    curves.indicator_id, curves.local_authority_code, curves.baseline_id,
                    curves.value is not null
                order by curves.period_start
            ),
            false
        ) as is_before_withheld
    from {{ ref('indicator_curves') }} as curves
    left join released
        on curves.indicator_id = released.indicator_id
        and curves.local_authority_code = released.local_authority_code
        and curves.period_id = released.period_id
        and curves.value is not null
    left join histories on curves.baseline_id = histories.baseline_id
)

select
    indicator_id,
    indicator_version,
    local_authority_code,
    period_type,
    period_id,
    period_start,
    period_end,
    measure_type,
    unit,
    polarity,
    own_value as value,
    own_lower95 as lower95,
    own_upper95 as upper95,
    case when not is_withheld then n end as n,
    own_symbol as symbol,
    {%- for column in ['forecast', 'forecast_lower80', 'forecast_upper80', 'forecast_lower95',
        'forecast_upper95'] %}
    case
        when is_forecast_withheld then null
        when measure_type = 'proportion' then {{ round_half_up(column, 1) }}
        else {{ column }}
    end as {{ column }},
    {%- endfor %}
    case
        when is_forecast_withheld then '[c]'
        when forecast is not null then '[f]'
    end as forecast_symbol,
    case when not (is_withheld or is_forecast_withheld) then position end as position,
    -- That there is no baseline, or no actual yet, says nothing of a figure.
    case
        when position is null then reading
        when not (is_withheld or is_forecast_withheld or is_before_withheld) then reading
    end as reading,
    is_latest,
    band_low,
    band_high,
    case when not is_withheld then band_code end as band_code,
    case when not is_withheld then band_side end as band_side,
    baseline_id,
    baseline_date,
    baseline_origin,
    baseline_made_on,
    baseline_period_id,
    case
        when is_forecast_withheld then null
        when measure_type = 'proportion' then {{ round_half_up('baseline_value', 1) }}
        else baseline_value
    end as baseline_value,
    case when not is_forecast_withheld then baseline_direction end as baseline_direction,
    case when not is_forecast_withheld then forecast_model end as forecast_model,
    forecast_step,
    forecast_horizon,
    history_points,
    parameter_version
from decided
