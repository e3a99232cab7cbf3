{{ config(pre_hook='{{ make_baseline_forecasts() }}') }}

select
    indicator_id,
    cast(indicator_version as integer) as indicator_version,
    local_authority_code,
    period_type,
    period_id,
    period_start,
    period_end,
    measure_type,
    unit,
    polarity,
    value,
    lower95,
    upper95,
    cast(n as bigint) as n,
    -- So many of so many, for a share; events alone, for a rate or a count.
    case
        when measure_type = 'proportion' then value * n_eff / 100
        when measure_type in ('rate', 'count') then numerator
    end as events,
    case when measure_type = 'proportion' then n_eff end as trials,
    band_low,
    band_high,
    as_at_date
from {{ ref('compared_figures') }}
-- Months and quarters of an event cohort look back over a longer window: the next is made of the
-- records of the one before.
where period_type = 'year' or not is_event_cohort
