with parameters as (
    select
        {{ parameter_columns(['spc_fix_after_n', 'spc_screen_outliers', 'chart_minimum_n']) }}
    from {{ ref('method_parameters') }}
)

select
    cast(
        row_number() over (
            order by
                figures.indicator_id, figures.indicator_version, figures.local_authority_code,
                figures.period_type, figures.breakdown, figures.breakdown_value
        ) as integer
    ) as series_number,
    figures.indicator_id,
    figures.indicator_version,
    figures.local_authority_code,
    figures.period_type,
    figures.breakdown,
    figures.breakdown_value,
    max(figures.measure_type) as measure_type,
    max(figures.unit) as unit,
    max(indicators.polarity) as polarity,
    max(indicators.unknown_policy) as unknown_policy,
    cast(max(indicators.band_low) as double) as usual_band_low,
    cast(max(indicators.band_high) as double) as usual_band_high,
    cast(max(parameters.spc_fix_after_n) as integer) as fix_after_n,
    cast(max(parameters.spc_screen_outliers) as integer) as screen_outliers,
    min(figures.period_start) as first_start,
    max(figures.period_start) as last_start
from {{ ref('indicator_values') }} as figures
inner join {{ ref('indicators') }} as indicators
    on figures.indicator_id = indicators.indicator_id
cross join parameters
where figures.value is not null
    and (figures.breakdown = 'all' or figures.breakdown in {{ breakdowns_that('is_charted') }})
    -- Rates of children over a window that ends before the period share records from month to
    -- month.
    and (
        figures.period_type = 'year'
        or coalesce(indicators.time_basis, '') not like 'event cohort%'
    )
group by
    figures.indicator_id, figures.indicator_version, figures.local_authority_code,
    figures.period_type, figures.breakdown, figures.breakdown_value
-- A slice that is too small to be charted has its figures, and needs no row that says so.
having figures.breakdown = 'all'
    or avg({{ resting_n('figures', 'indicators.unknown_policy') }})
    >= max(parameters.chart_minimum_n)
