{{ config(materialized='ephemeral', contract={'enforced': false}) }}

with parameters as (
    select
        {{ parameter_columns(['spc_fix_after_n', 'spc_screen_outliers']) }}
    from {{ ref('method_parameters') }}
),

-- Rates of children over a window that ends before the period share records from month to month.
figures as (
    select
        indicator_values.*,
        indicators.polarity,
        indicators.band_low as usual_band_low,
        indicators.band_high as usual_band_high,
        {{ resting_n('indicator_values', 'indicators.unknown_policy') }} as n
    from {{ ref('indicator_values') }} as indicator_values
    inner join {{ ref('indicators') }} as indicators
        on indicator_values.indicator_id = indicators.indicator_id
    where indicator_values.breakdown in ('all', 'team', 'service')
        and (
            indicator_values.period_type = 'year'
            or coalesce(indicators.time_basis, '') not like 'event cohort%'
        )
),

series as (
    select
        indicator_id,
        indicator_version,
        local_authority_code,
        period_type,
        breakdown,
        breakdown_value,
        max(measure_type) as measure_type,
        max(unit) as unit,
        max(polarity) as polarity,
        min(period_start) as first_start,
        max(period_start) as last_start,
        row_number() over (
            order by
                indicator_id, indicator_version, local_authority_code, period_type, breakdown,
                breakdown_value
        ) as series_number
    from figures
    where value is not null
    group by
        indicator_id, indicator_version, local_authority_code, period_type, breakdown,
        breakdown_value
),

-- A period that is missing between two others is a point without a value: it breaks every run.
spans as (
    select
        series.*,
        periods.period_id,
        periods.period_start,
        periods.period_end
    from series
    inner join {{ ref('periods') }} as periods
        on series.period_type = periods.period_type
        and periods.period_start >= series.first_start
        and periods.period_start <= series.last_start
)

select
    spans.series_number,
    spans.indicator_id,
    spans.indicator_version,
    spans.local_authority_code,
    spans.period_type,
    spans.period_id,
    spans.period_start,
    spans.period_end,
    spans.breakdown,
    spans.breakdown_value,
    spans.measure_type,
    spans.unit,
    spans.polarity,
    figures.value,
    figures.n,
    -- So many of so many, for a share; events alone, for a rate or a count.
    case
        when spans.measure_type = 'proportion' then figures.value * figures.n_eff / 100
        when spans.measure_type in ('rate', 'count') then figures.numerator
    end as events,
    case when spans.measure_type = 'proportion' then figures.n_eff end as trials,
    figures.lower95,
    figures.upper95,
    aims.target_value,
    case when aims.has_band then aims.band_low else figures.usual_band_low end as band_low,
    case when aims.has_band then aims.band_high else figures.usual_band_high end as band_high,
    parameters.spc_fix_after_n as fix_after_n,
    parameters.spc_screen_outliers as screen_outliers
from spans
cross join parameters
left join figures
    on spans.indicator_id = figures.indicator_id
    and spans.indicator_version = figures.indicator_version
    and spans.local_authority_code = figures.local_authority_code
    and spans.period_id = figures.period_id
    and spans.breakdown = figures.breakdown
    and spans.breakdown_value = figures.breakdown_value
left join {{ ref('indicator_aims') }} as aims
    on spans.indicator_id = aims.indicator_id
    and spans.local_authority_code = aims.local_authority_code
    and spans.period_id = aims.period_id
    and spans.breakdown = aims.breakdown
    and spans.breakdown_value = aims.breakdown_value
