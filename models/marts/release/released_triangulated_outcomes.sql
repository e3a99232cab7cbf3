with parameters as (
    select {{ parameter_columns(['triangulated_kinds']) }}
    from {{ ref('method_parameters') }}
),

-- A kind is releasable where it speaks and all that it says may be shown.
kinds as (
    select
        items.outcome_id,
        items.local_authority_code,
        items.period_id,
        items.data_type,
        max(case when releasable.are_codes_withheld then 1 else 0 end) = 1 as is_withheld
    from {{ ref('evidence_items') }} as items
    inner join {{ ref('evidence_releasability') }} as releasable
        on items.indicator_id = releasable.indicator_id
        and items.local_authority_code = releasable.local_authority_code
        and items.period_id = releasable.period_id
    where items.reading <> 'NIL'
    group by items.outcome_id, items.local_authority_code, items.period_id, items.data_type
),

withheld as (
    select
        kinds.outcome_id,
        kinds.local_authority_code,
        kinds.period_id,
        {%- for data_type, kind in kinds_of_evidence().items() %}
        max(case
            when kinds.data_type = '{{ data_type }}' and kinds.is_withheld then 1 else 0
        end) = 1 as is_{{ kind }}_withheld,
        {%- endfor %}
        max(case when kinds.is_withheld then 1 else 0 end) = 1 as is_any_withheld,
        count(*) filter (where not kinds.is_withheld) < max(parameters.triangulated_kinds)
            and max(case when kinds.is_withheld then 1 else 0 end) = 1 as is_judgement_withheld
    from kinds
    cross join parameters
    group by kinds.outcome_id, kinds.local_authority_code, kinds.period_id
)

select
    internal.outcome_id,
    internal.local_authority_code,
    internal.period_id,
    {%- for part in ['reading', 'strength'] %}
    {%- for kind in kinds_of_evidence().values() %}
    case
        when withheld.is_{{ kind }}_withheld then '[c]' else internal.{{ kind }}_{{ part }}
    end as {{ kind }}_{{ part }},
    {%- endfor %}
    {%- endfor %}
    internal.kinds_speaking,
    {%- for code in ['convergence', 'overall', 'confidence'] %}
    case when withheld.is_judgement_withheld then '[c]' else internal.{{ code }} end as {{ code }},
    {%- endfor %}
    case when not coalesce(withheld.is_any_withheld, false) then internal.is_single_source end
        as is_single_source,
    internal.silent_data_types,
    -- Questions and flags follow from the readings, and would tell a withheld one.
    case when withheld.is_any_withheld then '[c]' else internal.question_codes end
        as question_codes,
    case when withheld.is_any_withheld then '[c]' else internal.flags end as flags,
    case
        when withheld.is_any_withheld then '[c]' else internal.outweighed_indicator_ids
    end as outweighed_indicator_ids,
    internal.item_count,
    internal.as_at_date,
    internal.parameter_version
from {{ ref('triangulated_outcomes') }} as internal
left join withheld
    on internal.outcome_id = withheld.outcome_id
    and internal.local_authority_code = withheld.local_authority_code
    and internal.period_id = withheld.period_id
