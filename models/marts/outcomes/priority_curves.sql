with parameters as (
    select {{ parameter_columns(['curve_evidence_months']) }}
    from {{ ref('method_parameters') }}
),

-- The list as it was in each month: what is taken off it keeps its months.
listed as (
    select
        months.period_id,
        months.period_end,
        targets.local_authority_code,
        targets.list_name,
        targets.indicator_id,
        targets.valid_from_date,
        targets.valid_to_date
    from {{ ref('int_targets') }} as targets
    inner join {{ ref('periods') }} as months
        on months.period_type = 'month'
        and months.period_end <= {{ as_at_date() }}
        and {{ open_on('targets.valid_from_date', 'targets.valid_to_date', 'months.period_end') }}
    where targets.target_type_code = 'priority_curve'
    qualify row_number() over (
        partition by months.period_id, targets.local_authority_code, targets.indicator_id
        order by targets.valid_from_date desc, targets.target_id desc
    ) = 1
),

-- A curve is followed at the shortest step whose points rest on enough: METHODS 4.
points as (
    select
        points.*,
        rank() over (
            partition by points.indicator_id, points.local_authority_code
            order by case points.period_type when 'month' then 1 when 'quarter' then 2 else 3 end
        ) as step_rank
    from {{ ref('curve_points') }} as points
    left join {{ ref('indicator_trends') }} as trends
        on points.indicator_id = trends.indicator_id
        and points.indicator_version = trends.indicator_version
        and points.local_authority_code = trends.local_authority_code
        and points.period_id = trends.period_id
        and trends.breakdown = 'all'
    where coalesce(trends.method, 'NONE') <> 'TOO_SMALL'
),

latest as (
    select
        listed.*,
        points.indicator_version,
        points.period_id as point_period_id,
        points.period_end as point_period_end,
        points.polarity,
        points.unit,
        points.value,
        points.band_low,
        points.band_high
    from listed
    left join points
        on listed.indicator_id = points.indicator_id
        and listed.local_authority_code = points.local_authority_code
        and points.step_rank = 1
        and points.period_end <= listed.period_end
    qualify row_number() over (
        partition by listed.period_id, listed.local_authority_code, listed.indicator_id
        order by points.period_end desc nulls last
    ) = 1
),

-- The newest point that ended so many months before the latest one: with quarters the one before,
-- with years that of a year ago.
compared as (
    select
        latest.*,
        points.period_id as earlier_period_id,
        points.value as earlier_value
    from latest
    cross join parameters
    left join points
        on latest.indicator_id = points.indicator_id
        and latest.indicator_version = points.indicator_version
        and latest.local_authority_code = points.local_authority_code
        and points.step_rank = 1
        and points.period_end <= last_day({{ months_before_by(
            'latest.point_period_end', 'parameters.curve_evidence_months'
        ) }})
    qualify row_number() over (
        partition by latest.period_id, latest.local_authority_code, latest.indicator_id
        order by points.period_end desc nulls last
    ) = 1
),

directed as (
    select
        compared.*,
        curves.forecast,
        curves.reading as curve_reading,
        case compared.polarity when 'higher_better' then 1 when 'lower_better' then -1 end as way,
        {%- for column in ['value', 'earlier_value'] %}
        case
            when compared.{{ column }} is not null then greatest(
                coalesce(compared.band_low - compared.{{ column }}, 0),
                coalesce(compared.{{ column }} - compared.band_high, 0),
                0
            )
        end as {{ column }}_outside,
        {%- endfor %}
        compared.polarity = 'target_band'
        and coalesce(compared.band_low, compared.band_high) is not null as has_band
    from compared
    left join {{ ref('indicator_curves') }} as curves
        on compared.indicator_id = curves.indicator_id
        and compared.local_authority_code = curves.local_authority_code
        and compared.point_period_id = curves.period_id
),

judged as (
    select
        *,
        case
            when has_band then value_outside = 0
            else (value - forecast) * way > 0
        end as is_better_than_expected,
        case
            when has_band then value_outside < earlier_value_outside
            else (value - earlier_value) * way > 0
        end as is_better_than_earlier
    from directed
),

-- What is not known leaves open only what hangs on it: a curve that is no better than before shows
-- no evidence, whatever was expected of it.
decided as (
    select
        *,
        case
            when has_band then is_better_than_expected or is_better_than_earlier
            else is_better_than_expected and is_better_than_earlier
        end as is_improving
    from judged
)

select
    decided.local_authority_code,
    decided.period_id,
    decided.period_end,
    decided.indicator_id,
    indicators.indicator,
    decided.list_name,
    decided.valid_from_date,
    decided.valid_to_date,
    indicators.polarity,
    indicators.unit,
    decided.point_period_id,
    decided.value,
    decided.earlier_period_id,
    decided.earlier_value,
    decided.forecast,
    decided.band_low,
    decided.band_high,
    decided.is_better_than_expected,
    decided.is_better_than_earlier,
    decided.is_improving,
    case
        when decided.is_improving is not null then null
        when decided.value is null then 'NO_FIGURE'
        when decided.polarity = 'context_only' then 'NEITHER_WAY_IS_BETTER'
        when decided.polarity = 'target_band' and not decided.has_band then 'NO_BAND'
        when decided.earlier_value is null then 'NO_EARLIER_FIGURE'
        else 'NO_FORECAST'
    end as not_known_code,
    decided.curve_reading,
    {{ as_at_date() }} as as_at_date
from decided
inner join {{ ref('indicators') }} as indicators
    on decided.indicator_id = indicators.indicator_id
