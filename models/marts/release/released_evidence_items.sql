select
    items.outcome_id,
    items.local_authority_code,
    items.period_id,
    items.indicator_id,
    items.data_type,
    items.item_order,
    items.pair_code,
    releasable.value,
    case when not releasable.is_value_withheld then items.n end as n,
    case when releasable.are_codes_withheld then '[c]' else releasable.symbol end as symbol,
    {%- for code in ['direction', 'level', 'band_code'] %}
    case when not releasable.are_codes_withheld then items.{{ code }} end as {{ code }},
    {%- endfor %}
    items.age_months,
    case when not releasable.are_codes_withheld then items.n_score end as n_score,
    -- A score is a range of the coverage: too much said where the coverage is withheld.
    case
        when not (releasable.are_codes_withheld or releasable.is_coverage_withheld)
            then items.coverage_score
    end as coverage_score,
    items.freshness_score,
    {%- for code in [
        'quality_score', 'strength', 'reading', 'direction_method', 'direction_period_id',
        'source_id',
    ] %}
    case when not releasable.are_codes_withheld then items.{{ code }} end as {{ code }},
    {%- endfor %}
    items.as_at_date,
    items.parameter_version
from {{ ref('evidence_items') }} as items
inner join {{ ref('evidence_releasability') }} as releasable
    on items.indicator_id = releasable.indicator_id
    and items.local_authority_code = releasable.local_authority_code
    and items.period_id = releasable.period_id
