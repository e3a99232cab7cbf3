{{ config(materialized='ephemeral', contract={'enforced': false}) }}

select
    figures.indicator_id,
    figures.indicator_version,
    figures.local_authority_code,
    figures.period_id,
    figures.period_type,
    figures.period_start,
    figures.period_end,
    periods.reporting_year,
    figures.measure_type,
    figures.unit,
    figures.numerator,
    figures.n_denominator,
    figures.n_eff,
    figures.value,
    figures.lower95,
    figures.upper95,
    figures.lower998,
    figures.upper998,
    figures.as_at_date,
    {{ resting_n('figures', 'indicators.unknown_policy') }} as n,
    indicators.polarity,
    case indicators.polarity when 'higher_better' then 1 when 'lower_better' then -1 end
        as better_when_higher,
    coalesce(indicators.time_basis, '') like 'event cohort%' as is_event_cohort,
    aims.target_value,
    case when aims.has_band then aims.band_low else indicators.band_low end as band_low,
    case when aims.has_band then aims.band_high else indicators.band_high end as band_high
from {{ ref('indicator_values') }} as figures
inner join {{ ref('indicators') }} as indicators
    on figures.indicator_id = indicators.indicator_id
inner join {{ ref('periods') }} as periods on figures.period_id = periods.period_id
left join {{ ref('indicator_aims') }} as aims
    on figures.indicator_id = aims.indicator_id
    and figures.local_authority_code = aims.local_authority_code
    and figures.period_id = aims.period_id
    and figures.breakdown = aims.breakdown
    and figures.breakdown_value = aims.breakdown_value
where figures.breakdown = 'all' and figures.value is not null
