{{ config(materialized='ephemeral', contract={'enforced': false}) }}

with parameters as (
    select
        {{ parameter_columns([
            'difference_minimum_n', 'steady_minimum_n', 'level_minimum_n', 'year_cycle_months',
        ]) }}
    from {{ ref('method_parameters') }}
),

-- A local extract is a source of its own: a survey and an audit are not one because the same
-- people sent both.
local_extracts as (
    select
        file_sha256,
        {{ join_codes('extract') }} as source_id
    from {{ source('quality', 'extract_files') }}
    where family = 'local'
    group by file_sha256
),

-- What the values do not carry: the systems the evidence is from. The size of a population says
-- nothing of the outcome, nor does who never answered, so their sources are not counted.
behind as (
    select
        records.indicator_id,
        records.local_authority_code,
        records.period_id,
        {{ join_codes(
            "case when records.source_id = 'local' "
            ~ "then coalesce(local_extracts.source_id, records.source_id) "
            ~ "else records.source_id end"
        ) }} as source_id
    from {{ ref('measure_records') }} as records
    left join local_extracts
        on records._file_sha256 = local_extracts.file_sha256
    where records.period_type = 'year'
        and records.denominator_flag = 1
        and records.subject_type <> 'population'
        and records.missing_code is null
    group by records.indicator_id, records.local_authority_code, records.period_id
),

yearly as (
    select
        figures.indicator_id,
        figures.local_authority_code,
        figures.period_id,
        figures.period_end,
        figures.measure_type,
        figures.value,
        figures.lower95,
        figures.upper95,
        figures.coverage,
        figures.symbol,
        figures.dq_grade,
        figures.as_at_date,
        indicators.polarity,
        behind.source_id,
        {{ resting_n('figures', 'indicators.unknown_policy') }} as n
    from {{ ref('indicator_values') }} as figures
    inner join {{ ref('indicators') }} as indicators
        on figures.indicator_id = indicators.indicator_id
    left join behind
        on figures.indicator_id = behind.indicator_id
        and figures.local_authority_code = behind.local_authority_code
        and figures.period_id = behind.period_id
    where figures.breakdown = 'all'
        and figures.period_type = 'year'
        and figures.value is not null
),

{% set comparator_of = {
    'band': 'agreed_band', 'neighbours': 'statistical_neighbours', 'england': 'england',
    'target': 'agreed_target',
} -%}
compared as (
    select
        indicator_id,
        local_authority_code,
        period_id,
        {%- for name, comparator in comparator_of.items() %}
        max(case when comparator = '{{ comparator }}' then comparison_code end)
            as {{ name }}_code,
        {%- endfor %}
        max(band_low) as band_low,
        max(band_high) as band_high,
        max(case when comparator = 'previous_period' then comparator_value end)
            as earlier_value,
        max(case when comparator = 'previous_period' then comparator_n end) as n_previous,
        max(case when comparator = 'previous_period' then difference_lower95 end)
            as difference_lower,
        max(case when comparator = 'previous_period' then difference_upper95 end)
            as difference_upper
    from {{ ref('indicator_comparisons') }}
    where period_type = 'year'
    group by indicator_id, local_authority_code, period_id
),

judged as (
    select
        yearly.*,
        compared.band_code,
        compared.band_low,
        compared.band_high,
        compared.n_previous,
        compared.difference_lower,
        compared.difference_upper,
        -- Neighbours first, then England, then what was agreed in advance.
        coalesce(compared.neighbours_code, compared.england_code, compared.target_code)
            as comparison_code,
        case when yearly.measure_type in ('rate', 'count') then 1 else 0 end as no_change,
        {{ better_when_higher(
            'yearly.polarity', 'yearly.value', 'compared.earlier_value', 'compared.band_low',
            'compared.band_high'
        ) }} as better_when_higher
    from yearly
    left join compared
        on yearly.indicator_id = compared.indicator_id
        and yearly.local_authority_code = compared.local_authority_code
        and yearly.period_id = compared.period_id
)

select
    chosen.outcome_id,
    judged.local_authority_code,
    judged.period_id,
    judged.indicator_id,
    chosen.data_type,
    chosen.item_order,
    chosen.pair_code,
    judged.value,
    judged.n,
    judged.symbol,
    {{ two_period_direction(
        'judged.difference_lower', 'judged.difference_upper', 'judged.no_change',
        'judged.n', 'judged.n_previous', 'judged.better_when_higher',
        'parameters.difference_minimum_n', 'parameters.steady_minimum_n'
    ) }} as direction,
    {{ evidence_level(
        'judged.comparison_code', 'judged.band_code',
        '(judged.lower95 >= coalesce(judged.band_low, judged.lower95)'
        ~ ' and judged.upper95 <= coalesce(judged.band_high, judged.upper95))',
        'judged.n', 'parameters.level_minimum_n'
    ) }} as level,
    judged.band_code,
    judged.polarity = 'context_only' as is_context_only,
    judged.coverage,
    {{ whole_months(
        'judged.period_end', as_at_date()
    ) }} as age_months,
    parameters.year_cycle_months as cycle_months,
    judged.dq_grade,
    judged.source_id,
    judged.as_at_date
from {{ ref('outcome_indicators') }} as chosen
inner join judged on chosen.indicator_id = judged.indicator_id
cross join parameters
