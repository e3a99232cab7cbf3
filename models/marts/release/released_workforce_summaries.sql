with decided as (
    select
        internal.*,
        coalesce(withheld.is_withheld, false) as is_withheld
    from {{ ref('workforce_summaries') }} as internal
    inner join {{ ref('workforce_disclosure') }} as disclosure
        on internal.local_authority_code = disclosure.local_authority_code
        and internal.record_source = disclosure.record_source
        and internal.period_id = disclosure.period_id
        and internal.measure_code = disclosure.measure_code
    left join {{ withheld_rows() }} as withheld
        on {{ workforce_table_code('internal.record_source', 'internal.measure_code') }}
        = withheld.table_code
        and internal.local_authority_code = withheld.local_authority_code
        and internal.period_id = withheld.period_id
    where internal.team_id = 'all' and internal.staff_group_code = 'all'
)

select
    local_authority_code,
    record_source,
    period_id,
    period_end,
    team_id,
    staff_group_code,
    measure_code,
    window_months,
    unit,
    {%- for column in ['numerator', 'denominator', 'n_numerator', 'n_denominator', 'n_not_known'] %}
    case when not is_withheld then {{ column }} end as {{ column }},
    {%- endfor %}
    {%- for figure in ['value', 'lower95', 'upper95'] %}
    case when not is_withheld then {{ round_half_up(figure, 1) }} end as {{ figure }},
    {%- endfor %}
    case when is_withheld then '[c]' end as symbol,
    interval_method,
    family_code,
    as_at_date,
    parameter_version
from decided
