with figures as (
    select
        series.series_number,
        series.period_type,
        series.usual_band_low,
        series.usual_band_high,
        figures.period_start,
        figures.value,
        figures.lower95,
        figures.upper95,
        figures.is_disclosive,
        {{ resting_n('figures', 'series.unknown_policy') }} as n,
        -- So many of so many, for a share; events alone, for a rate or a count.
        case
            when figures.measure_type = 'proportion' then figures.value * figures.n_eff / 100
            when figures.measure_type in ('rate', 'count') then figures.numerator
        end as events,
        case when figures.measure_type = 'proportion' then figures.n_eff end as trials,
        aims.target_value,
        case when aims.has_band then aims.band_low else series.usual_band_low end as band_low,
        case when aims.has_band then aims.band_high else series.usual_band_high end as band_high
    from {{ ref('indicator_values') }} as figures
    inner join {{ ref('chart_series') }} as series
        on figures.indicator_id = series.indicator_id
        and figures.indicator_version = series.indicator_version
        and figures.local_authority_code = series.local_authority_code
        and figures.period_type = series.period_type
        and figures.breakdown = series.breakdown
        and figures.breakdown_value = series.breakdown_value
        and figures.period_start >= series.first_start
        and figures.period_start <= series.last_start
    left join {{ ref('indicator_aims') }} as aims
        on figures.indicator_id = aims.indicator_id
        and figures.local_authority_code = aims.local_authority_code
        and figures.period_id = aims.period_id
        and figures.breakdown = aims.breakdown
        and figures.breakdown_value = aims.breakdown_value
),

-- A period that is missing between two others is a point without a value: it breaks every run.
spans as (
    select
        series.series_number,
        periods.period_type,
        periods.period_start
    from {{ ref('chart_series') }} as series
    inner join {{ ref('periods') }} as periods
        on series.period_type = periods.period_type
        and periods.period_start >= series.first_start
        and periods.period_start <= series.last_start
),

gaps as (
    select
        spans.series_number,
        spans.period_type,
        spans.period_start
    from spans
    left join figures
        on spans.series_number = figures.series_number
        and spans.period_start = figures.period_start
    where figures.series_number is null
)

select
    series_number,
    period_type,
    period_start,
    cast(value as double) as value,
    cast(lower95 as double) as lower95,
    cast(upper95 as double) as upper95,
    n,
    cast(events as double) as events,
    cast(trials as double) as trials,
    cast(target_value as double) as target_value,
    cast(band_low as double) as band_low,
    cast(band_high as double) as band_high,
    is_disclosive
from figures

union all

select
    series_number,
    period_type,
    period_start,
    {%- for column in ['value', 'lower95', 'upper95'] %}
    cast(null as double) as {{ column }},
    {%- endfor %}
    cast(null as bigint) as n,
    {%- for column in ['events', 'trials', 'target_value', 'band_low', 'band_high'] %}
    cast(null as double) as {{ column }},
    {%- endfor %}
    cast(null as boolean) as is_disclosive
from gaps
