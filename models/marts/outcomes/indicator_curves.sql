with parameters as (
    select {{ parameter_columns([]) }}
    from {{ ref('method_parameters') }}
),

frozen as (
    select * from {{ source('history', 'baseline_forecasts') }}
),

baselines as (
    select *
    from frozen
    -- The last point used says all there is to say of the baseline itself.
    where step = 0
),

-- Figures, and periods that are forecast and have none yet.
periods as (
    select
        indicator_id,
        indicator_version,
        local_authority_code,
        period_type,
        period_id,
        period_start,
        period_end,
        true as is_actual
    from {{ ref('curve_points') }}
    union all
    select distinct
        frozen.indicator_id,
        frozen.indicator_version,
        frozen.local_authority_code,
        frozen.period_type,
        frozen.period_id,
        frozen.period_start,
        frozen.period_end,
        false as is_actual
    from frozen
    where frozen.step > 0
        and not exists (
            select 1
            from {{ ref('curve_points') }} as points
            where points.indicator_id = frozen.indicator_id
                and points.local_authority_code = frozen.local_authority_code
                and points.period_id = frozen.period_id
        )
),

-- What was agreed counts before what the first night made, then the newest.
read_against as (
    select
        periods.*,
        baselines.baseline_id,
        baselines.baseline_date,
        baselines.baseline_origin,
        baselines.made_on,
        baselines.parameter_version,
        baselines.model,
        baselines.history_points,
        baselines.last_period_id,
        baselines.baseline_value,
        baselines.slope_sign,
        baselines.horizon
    from periods
    left join baselines
        on periods.indicator_id = baselines.indicator_id
        and periods.indicator_version = baselines.indicator_version
        and periods.local_authority_code = baselines.local_authority_code
        and periods.period_type = baselines.period_type
        and periods.period_start > baselines.last_period_end
    -- A figure that a baseline was made of is not read against it, nor against nothing.
    where baselines.baseline_id is not null
        or not exists (
            select 1
            from frozen as used
            where used.indicator_id = periods.indicator_id
                and used.indicator_version = periods.indicator_version
                and used.local_authority_code = periods.local_authority_code
                and used.period_type = periods.period_type
                and used.last_period_end >= periods.period_end
        )
    qualify row_number() over (
        partition by
            periods.indicator_id, periods.local_authority_code, periods.period_id
        order by
            case baselines.baseline_origin when 'agreed' then 0 else 1 end asc,
            baselines.baseline_date desc,
            baselines.baseline_id asc
    ) = 1
),

-- Of a band, the side on which the value lay at the baseline is the one to come back from.
measured as (
    select
        read_against.*,
        points.value,
        points.lower95,
        points.upper95,
        points.n,
        points.band_low,
        points.band_high,
        {{ band_code(
            'points.value', 'points.lower95', 'points.upper95', 'points.band_low',
            'points.band_high'
        ) }} as band_code,
        frozen.step,
        frozen.forecast,
        frozen.lower80 as forecast_lower80,
        frozen.upper80 as forecast_upper80,
        frozen.lower95 as forecast_lower95,
        frozen.upper95 as forecast_upper95,
        case
            when points.polarity = 'higher_better' then 1
            when points.polarity = 'lower_better' then -1
            when points.polarity = 'target_band'
                and coalesce(points.band_low, points.band_high) is not null
                then case
                    when read_against.baseline_value < points.band_low then 1
                    when read_against.baseline_value > points.band_high then -1
                    else 0
                end
        end as better_when_higher
    from read_against
    left join {{ ref('curve_points') }} as points
        on read_against.indicator_id = points.indicator_id
        and read_against.local_authority_code = points.local_authority_code
        and read_against.period_id = points.period_id
    left join frozen
        on read_against.baseline_id = frozen.baseline_id
        and read_against.period_id = frozen.period_id
        and frozen.step > 0
    -- A new baseline may end before the one that it replaces.
    where read_against.is_actual or frozen.step is not null
),

placed as (
    select
        *,
        {{ curve_position(
            'value', 'forecast_lower80', 'forecast_upper80', 'forecast_lower95',
            'forecast_upper95', 'better_when_higher',
            '(value < band_low or value > band_high)'
        ) }} as position
    from measured
),

followed as (
    select
        *,
        lag(position) over (
            partition by baseline_id, is_actual order by period_start
        ) as position_before,
        row_number() over (
            partition by
                indicator_id, local_authority_code, period_type
            order by
                is_actual desc,
                case when is_actual then period_start end desc,
                period_start asc
        ) = 1 as is_latest
    from placed
)

select
    followed.indicator_id,
    followed.indicator_version,
    followed.local_authority_code,
    followed.period_type,
    followed.period_id,
    followed.period_start,
    followed.period_end,
    -- The register files medians under means.
    case when indicators.unit = 'median' then 'median' else indicators.measure_type end
        as measure_type,
    indicators.unit,
    indicators.polarity,
    followed.value,
    followed.lower95,
    followed.upper95,
    followed.n,
    followed.forecast,
    followed.forecast_lower80,
    followed.forecast_upper80,
    followed.forecast_lower95,
    followed.forecast_upper95,
    followed.position,
    case
        when followed.baseline_id is null then 'NO_BASELINE'
        when not followed.is_actual then 'NOT_YET'
        when followed.step is null then 'BASELINE_EXPIRED'
        else {{ curve_reading(
            'followed.position', 'followed.position_before', 'followed.better_when_higher',
            'followed.value', 'followed.baseline_value'
        ) }}
    end as reading,
    followed.is_latest,
    followed.band_low,
    followed.band_high,
    followed.band_code,
    case
        when followed.band_code = 'IN_BAND' then 'IN_BAND'
        when followed.band_code like 'BELOW%' then 'TOO_LOW'
        when followed.band_code like 'ABOVE%' then 'TOO_HIGH'
    end as band_side,
    followed.baseline_id,
    followed.baseline_date,
    followed.baseline_origin,
    followed.made_on as baseline_made_on,
    followed.last_period_id as baseline_period_id,
    followed.baseline_value,
    case
        when coalesce(followed.better_when_higher, 0) = 0 then null
        when followed.slope_sign * followed.better_when_higher > 0 then 'IMPROVING'
        when followed.slope_sign * followed.better_when_higher < 0 then 'WORSENING'
        when followed.slope_sign = 0 then 'LEVEL'
    end as baseline_direction,
    followed.model as forecast_model,
    followed.step as forecast_step,
    followed.horizon as forecast_horizon,
    followed.history_points,
    coalesce(followed.parameter_version, parameters.parameter_version) as parameter_version
from followed
cross join parameters
inner join {{ ref('indicators') }} as indicators
    on followed.indicator_id = indicators.indicator_id
