{{ config(materialized='ephemeral', contract={'enforced': false}) }}

with parameters as (
    select {{ parameter_columns(['spc_trial_points', 'run_chart_points']) }}
    from {{ ref('method_parameters') }}
),

-- What is needed must be there by the point itself: a year is not read by a chart that only later
-- years made long enough.
ready as (
    select points.*
    from {{ ref('indicator_trends') }} as points
    cross join parameters
    where points.breakdown = 'all'
        and points.value is not null
        and (
            (
                points.method in ('XMR', 'XMR_TRIAL')
                and points.point_number >= parameters.spc_trial_points
            )
            or (
                points.method = 'ANNUAL_TREND'
                and points.point_number >= parameters.run_chart_points
            )
        )
),

-- The first source that can be met is chosen, and what it says stands, unknown or not: the last
-- month of the year, else its last quarter, else the year as one of five.
chosen as (
    select
        ready.indicator_id,
        ready.indicator_version,
        ready.local_authority_code,
        years.period_id,
        ready.period_id as point_period_id,
        ready.point_type,
        ready.conflict,
        case when ready.period_type = 'year' then 'ANNUAL_TREND' else 'XMR' end
            as direction_method
    from ready
    inner join {{ ref('periods') }} as years
        on ready.period_start >= years.period_start
        and ready.period_end <= years.period_end
    where years.period_type = 'year'
    qualify row_number() over (
        partition by ready.indicator_id, ready.local_authority_code, years.period_id
        order by
            case ready.period_type when 'month' then 1 when 'quarter' then 2 else 3 end,
            ready.period_start desc,
            ready.indicator_version desc
    ) = 1
)

select
    chosen.indicator_id,
    chosen.indicator_version,
    chosen.local_authority_code,
    chosen.period_id,
    chosen.direction_method,
    chosen.point_period_id,
    indicators.polarity = 'target_band' as needs_band,
    {{ charted_direction(
        'chosen.point_type', 'chosen.conflict',
        "(indicators.polarity is not null and indicators.polarity <> 'context_only')"
    ) }} as direction
from chosen
inner join {{ ref('indicators') }} as indicators
    on chosen.indicator_id = indicators.indicator_id
