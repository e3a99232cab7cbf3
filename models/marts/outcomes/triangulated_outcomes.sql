with parameters as (
    select {{ parameter_columns(['triangulated_kinds', 'high_confidence_kinds', 'sound_kinds']) }}
    from {{ ref('method_parameters') }}
),

measured_years as (
    select distinct measured.local_authority_code, measured.period_id
    from {{ ref('measured_periods') }} as measured
    inner join {{ ref('periods') }} as periods on measured.period_id = periods.period_id
    where periods.period_type = 'year'
),

side_by_side as (
    select
        outcome_id,
        local_authority_code,
        period_id,
        {%- for data_type, kind in kinds_of_evidence().items() %}
        max(case when data_type = '{{ data_type }}' then reading end) as {{ kind }}_reading,
        max(case when data_type = '{{ data_type }}' then strength end) as {{ kind }}_strength,
        max(case when data_type = '{{ data_type }}' then flags end) as {{ kind }}_flags,
        {%- endfor %}
        {{ join_codes('outweighed_indicator_ids') }} as outweighed_indicator_ids,
        sum(item_count) as item_count,
        count(*) filter (where reading <> 'SIL') as kinds_speaking,
        count(*) filter (where reading = 'FAV') as kinds_fav,
        count(*) filter (where reading = 'NEU') as kinds_neu,
        count(*) filter (where reading = 'UNF') as kinds_unf,
        count(*) filter (where reading = 'MIX') as kinds_mix,
        count(*) filter (where strength in ('MODERATE', 'STRONG')) as kinds_sound,
        count(*) filter (where reading <> 'SIL') > 1
            and min(source_ids) = max(source_ids)
            and max(source_ids) not like '%;%' as is_single_source,
        max(case when has_pair_trade_off then 1 else 0 end) = 1 as has_pair_trade_off,
        max(case when has_incomplete_pair then 1 else 0 end) = 1 as has_incomplete_pair,
        max(case when has_improving_from_low then 1 else 0 end) = 1 as has_improving_from_low,
        max(case when has_slipping_from_high then 1 else 0 end) = 1 as has_slipping_from_high,
        max(case when has_item_outside_band then 1 else 0 end) = 1 as has_item_outside_band,
        max(case when flags like '%INTERNAL_CONFLICT%' then 1 else 0 end) = 1
            as has_internal_conflict
    from {{ ref('kind_readings') }}
    group by outcome_id, local_authority_code, period_id
),

-- Every outcome has its row: an outcome without evidence is a finding too.
completed as (
    select
        outcomes.outcome_id,
        measured_years.local_authority_code,
        measured_years.period_id,
        {%- for kind in kinds_of_evidence().values() %}
        coalesce(side_by_side.{{ kind }}_reading, 'SIL') as {{ kind }}_reading,
        coalesce(side_by_side.{{ kind }}_strength, 'NONE') as {{ kind }}_strength,
        side_by_side.{{ kind }}_flags,
        {%- endfor %}
        side_by_side.outweighed_indicator_ids,
        coalesce(side_by_side.item_count, 0) as item_count,
        coalesce(side_by_side.kinds_speaking, 0) as kinds_speaking,
        coalesce(side_by_side.kinds_fav, 0) as kinds_fav,
        coalesce(side_by_side.kinds_neu, 0) as kinds_neu,
        coalesce(side_by_side.kinds_unf, 0) as kinds_unf,
        coalesce(side_by_side.kinds_mix, 0) as kinds_mix,
        coalesce(side_by_side.kinds_sound, 0) as kinds_sound,
        coalesce(side_by_side.is_single_source, false) as is_single_source,
        coalesce(side_by_side.has_pair_trade_off, false) as has_pair_trade_off,
        coalesce(side_by_side.has_incomplete_pair, false) as has_incomplete_pair,
        coalesce(side_by_side.has_improving_from_low, false) as has_improving_from_low,
        coalesce(side_by_side.has_slipping_from_high, false) as has_slipping_from_high,
        coalesce(side_by_side.has_item_outside_band, false) as has_item_outside_band,
        coalesce(side_by_side.has_internal_conflict, false) as has_internal_conflict,
        parameters.*
    from {{ ref('outcomes') }} as outcomes
    cross join measured_years
    cross join parameters
    left join side_by_side
        on outcomes.outcome_id = side_by_side.outcome_id
        and measured_years.local_authority_code = side_by_side.local_authority_code
        and measured_years.period_id = side_by_side.period_id
),

converged as (
    select
        *,
        case
            when kinds_speaking = 0 then 'NO_EVIDENCE'
            when kinds_speaking < triangulated_kinds then 'NOT_TRIANGULATED'
            when kinds_fav > 0 and kinds_unf > 0 then 'DISSONANCE'
            when kinds_speaking in (kinds_fav, kinds_neu, kinds_unf) then 'AGREEMENT'
            else 'PARTIAL'
        end as convergence
    from completed
),

judged as (
    select
        *,
        case
            when convergence in ('NO_EVIDENCE', 'NOT_TRIANGULATED') then 'NO_JUDGEMENT'
            when convergence = 'DISSONANCE' then 'CONTRADICTORY'
            when convergence = 'AGREEMENT' and kinds_fav > 0 then 'FAVOURABLE'
            when convergence = 'AGREEMENT' and kinds_unf > 0 then 'UNFAVOURABLE'
            when convergence = 'AGREEMENT' then 'STEADY'
            when kinds_unf > 0 then 'LEAN_UNF'
            when kinds_fav > 0 and kinds_mix = 0 then 'LEAN_FAV'
            else 'UNCLEAR'
        end as overall,
        case
            when convergence in ('NO_EVIDENCE', 'NOT_TRIANGULATED', 'DISSONANCE') then 'NONE'
            when is_single_source then 'LOW'
            when convergence = 'AGREEMENT' and kinds_speaking >= high_confidence_kinds
                and kinds_sound >= sound_kinds and views_reading <> 'SIL' then 'HIGH'
            when convergence = 'AGREEMENT' and kinds_sound > 0 then 'MEDIUM'
            when convergence = 'PARTIAL' and kinds_speaking >= high_confidence_kinds
                and kinds_sound >= sound_kinds then 'MEDIUM'
            else 'LOW'
        end as confidence
    from converged
)

select
    outcome_id,
    local_authority_code,
    period_id,
    cohort_reading,
    progress_reading,
    organisation_reading,
    views_reading,
    cohort_strength,
    progress_strength,
    organisation_strength,
    views_strength,
    cast(kinds_speaking as integer) as kinds_speaking,
    convergence,
    overall,
    confidence,
    is_single_source,
    nullif(concat_ws(
        ';'
        {%- for data_type, kind in kinds_of_evidence().items() %},
        case when {{ kind }}_reading = 'SIL' then '{{ data_type }}' end
        {%- endfor %}
    ), '') as silent_data_types,
    nullif(concat_ws(
        ';',
        case when kinds_speaking < triangulated_kinds then 'Q01' end,
        case when cohort_reading = 'FAV' and views_reading = 'UNF' then 'Q02' end,
        case when cohort_reading = 'UNF' and views_reading = 'FAV' then 'Q03' end,
        case when cohort_reading = 'FAV' and progress_reading = 'UNF' then 'Q04' end,
        case when cohort_reading = 'UNF' and progress_reading = 'FAV' then 'Q05' end,
        case
            when (progress_reading = 'FAV' and views_reading = 'UNF')
                or (progress_reading = 'UNF' and views_reading = 'FAV') then 'Q06'
        end,
        case when organisation_reading = 'UNF' and kinds_fav > 0 then 'Q07' end,
        case when organisation_reading = 'FAV' and kinds_unf > 0 then 'Q08' end,
        case when views_reading = 'SIL' then 'Q09' end,
        case when progress_reading = 'SIL' then 'Q10' end,
        case when has_pair_trade_off then 'Q11' end,
        case when has_incomplete_pair then 'Q12' end,
        case when has_improving_from_low then 'Q13' end,
        case when has_slipping_from_high then 'Q14' end,
        case when has_item_outside_band then 'Q15' end,
        case when overall = 'UNFAVOURABLE' then 'Q16' end,
        case when overall = 'FAVOURABLE' then 'Q17' end,
        case when has_internal_conflict then 'Q18' end
    ), '') as question_codes,
    nullif(concat_ws(
        ';'
        {%- for data_type, kind in kinds_of_evidence().items() %},
        replace({{ kind }}_flags, ';', ':{{ data_type }};') || ':{{ data_type }}'
        {%- endfor %}
    ), '') as flags,
    outweighed_indicator_ids,
    cast(item_count as integer) as item_count,
    {{ as_at_date() }} as as_at_date,
    parameter_version
from judged
