{{ config(materialized='ephemeral', contract={'enforced': false}) }}

with parameters as (
    select
        {{ parameter_columns([
            'run_chart_points', 'annual_trend_chi_square', 'annual_trend_minimum_events',
            'annual_trend_limit_width',
        ]) }}
    from {{ ref('method_parameters') }}
),

years as (
    select
        points.*,
        parameters.*,
        series.polarity,
        series.measure_type = 'proportion' as is_share,
        points.events = 0 or points.events = points.trials as is_extreme
    from {{ ref('chart_points') }} as points
    cross join parameters
    inner join {{ ref('chart_series') }} as series
        on points.series_number = series.series_number
    where points.period_type = 'year'
),

-- A share weighs as much as it has trials, and is checked by its log odds, which all weigh alike;
-- with a year of none or of all, half an event is added on either side in every year.
weighed as (
    select
        *,
        case
            when is_share then trials
            else power(annual_trend_limit_width / nullif(upper95 - lower95, 0), 2)
        end as weight,
        case when is_share then events / nullif(trials, 0) else value end as figure,
        case
            when not is_share then value
            when not is_extreme then ln(events / (trials - events))
        end as plain,
        case
            when is_share then ln((events + 0.5) / (trials - events + 0.5)) else value
        end as halved
    from years
),

in_fives as (
    select
        *,
        {%- for t in range(1, 6) %}
        lag(weight, {{ 5 - t }}) over series as weight_{{ t }},
        lag(figure, {{ 5 - t }}) over series as figure_{{ t }},
        lag(plain, {{ 5 - t }}) over series as plain_{{ t }},
        lag(halved, {{ 5 - t }}) over series as halved_{{ t }},
        {%- endfor %}
        lag(value, 4) over series as first_value_of_five,
        max(period_start) over (partition by series_number) as latest_start,
        count(weight) over five = 5 and count(figure) over five = 5 as has_five,
        max(case when is_extreme then 1 else 0 end) over five = 1 as has_extreme,
        sum(events) over five as five_events,
        sum(trials) over five as five_trials,
        count(value) over earlier as point_number,
        count(value) over whole as point_count
    from weighed
    window
        series as (partition by series_number order by period_start),
        five as (
            partition by series_number order by period_start
            rows between 4 preceding and current row
        ),
        earlier as (
            partition by series_number order by period_start
            rows between unbounded preceding and current row
        ),
        whole as (
            partition by series_number order by period_start
            rows between unbounded preceding and unbounded following
        )
),

checked as (
    select
        *,
        {%- for t in range(1, 6) %}
        case when has_extreme then halved_{{ t }} else plain_{{ t }} end as check_{{ t }},
        case when is_share then 1 else weight_{{ t }} end as check_weight_{{ t }},
        {%- endfor %}
        {{ five_year_slope('weight', 'figure') }} as slope,
        weight_1 + weight_2 + weight_3 + weight_4 + weight_5 as all_weight,
        weight_1 + 2 * weight_2 + 3 * weight_3 + 4 * weight_4 + 5 * weight_5 as time_weight,
        weight_1 + 4 * weight_2 + 9 * weight_3 + 16 * weight_4 + 25 * weight_5
            as squared_time_weight
    from in_fives
),

tested as (
    select
        *,
        has_five and not coalesce(
            five_events < annual_trend_minimum_events
            or five_trials - five_events < annual_trend_minimum_events, false
        ) as is_testable,
        -- The squared slope over its variance: of a share that of the trials, else that which the
        -- widths of the intervals tell.
        slope * slope
        / nullif(
            all_weight * (all_weight * squared_time_weight - time_weight * time_weight)
            * case
                when is_share
                    then five_events / five_trials * (1 - five_events / five_trials)
                else 1
            end,
            0
        ) as chi_square,
        {%- for without in range(1, 6) %}
        sign({{ five_year_slope('check_weight', 'check', without) }}) = sign(slope)
        {{- ' and' if not loop.last }}
        {%- endfor %} as keeps_its_sign
    from checked
),

marked as (
    select
        *,
        case
            when value is null then null
            when not has_five then 'CANNOT'
            when not is_testable then 'SMALL_NUMBERS'
            when chi_square > annual_trend_chi_square and not keeps_its_sign
                then 'NO_SIG_CHANGE_OUTLIER'
            when chi_square > annual_trend_chi_square and slope > 0 then 'INCREASING'
            when chi_square > annual_trend_chi_square then 'DECREASING'
            else 'NO_SIG_CHANGE'
        end as trend_marker,
        {{ better_when_higher(
            'polarity', 'value', 'first_value_of_five', 'band_low', 'band_high'
        ) }} as better_when_higher
    from tested
)

select
    series_number,
    period_start,
    value,
    lower95,
    upper95,
    n,
    is_disclosive,
    cast(point_number as integer) as point_number,
    cast(point_count as integer) as point_count,
    -- A series ends with a value.
    period_start = latest_start as is_latest,
    is_testable and value is not null as is_tested,
    chi_square,
    slope,
    keeps_its_sign,
    target_value,
    parameter_version,
    trend_marker,
    {{ annual_point_type('trend_marker', 'better_when_higher') }} as point_type,
    case
        when point_count < 2 then 'NONE'
        when point_count < run_chart_points then 'DIFFERENCE'
        else 'ANNUAL_TREND'
    end as method
from marked
