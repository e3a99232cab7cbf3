with parameters as (
    select {{ parameter_columns(['z95', 'released_minimum_n']) }}
    from {{ ref('method_parameters') }}
),

factors as (
    select * from {{ ref('planning_factors') }}
),

years as (
    select * from {{ ref('periods') }}
    where period_type = 'year'
),

records as (
    select
        indicators.measure_code,
        indicators.oba_question,
        indicators.measure_type,
        indicators.polarity,
        measured.*
    from {{ ref('measure_records') }} as measured
    inner join {{ ref('indicators') }} as indicators
        on measured.indicator_id = indicators.indicator_id
    where measured.period_type = 'year'
        and measured.numerator_flag is not null
        and measured.subject_type = 'child'
        and measured.child_id is not null
),

-- ---- who has a factor: by the latest assessment up to the year's end, or by a measure ----
assessed as (
    select
        assessments.local_authority_code,
        assessments.child_id,
        assessments.assessment_id,
        years.period_id
    from {{ ref('int_assessments') }} as assessments
    inner join years
        on assessments.assessment_authorised_date <= years.period_end
    qualify row_number() over (
        partition by
            assessments.local_authority_code, assessments.child_id, years.period_id
        order by assessments.assessment_authorised_date desc, assessments.assessment_id asc
    ) = 1
),

-- An assessment that names no factor at all says nothing of any of them.
found as (
    select
        assessed.local_authority_code,
        assessed.child_id,
        assessed.period_id,
        factors.factor_code,
        bool_or(
            {{ is_listed('factors.assessment_factor_codes', 'recorded.factor_code') }}
        ) as has_factor
    from assessed
    inner join {{ ref('int_assessment_factors') }} as recorded
        on assessed.local_authority_code = recorded.local_authority_code
        and assessed.assessment_id = recorded.assessment_id
    cross join factors
    where factors.assessment_factor_codes is not null
    group by
        assessed.local_authority_code, assessed.child_id, assessed.period_id,
        factors.factor_code
),

measured_so as (
    select
        records.local_authority_code,
        records.child_id,
        records.period_id,
        factors.factor_code,
        bool_or(records.numerator_flag = factors.counted_flag) as has_factor
    from records
    inner join factors on records.measure_code = factors.measure_code
    group by
        records.local_authority_code, records.child_id, records.period_id, factors.factor_code
),

states as (
    select * from found
    union all
    select * from measured_so
),

-- ---- how they fare: every judged share of children that says whether anyone is better off ----
outcomes as (
    select * from records
    where oba_question = 'better_off'
        and measure_type = 'proportion'
        and polarity in ('higher_better', 'lower_better')
),

in_zones as (
    {%- for zone in ["'all'", 'zone_code'] %}
    select
        local_authority_code,
        child_id,
        period_id,
        {{ zone }} as zone,
        indicator_id,
        measure_code,
        polarity,
        numerator_flag
    from outcomes
    where {{ zone }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

counted as (
    select
        in_zones.local_authority_code,
        in_zones.period_id,
        in_zones.zone,
        in_zones.indicator_id,
        in_zones.polarity,
        states.factor_code,
        count(*) filter (where states.has_factor) as n_with,
        count(*) filter (where not states.has_factor) as n_without,
        cast(coalesce(sum(in_zones.numerator_flag) filter (where states.has_factor), 0) as bigint)
            as x_with,
        cast(
            coalesce(sum(in_zones.numerator_flag) filter (where not states.has_factor), 0) as bigint
        ) as x_without
    from in_zones
    inner join states
        on in_zones.local_authority_code = states.local_authority_code
        and in_zones.child_id = states.child_id
        and in_zones.period_id = states.period_id
    inner join factors
        on states.factor_code = factors.factor_code
        -- A measure goes with itself, and with what it is made of.
        and in_zones.measure_code <> coalesce(factors.measure_code, '')
        and not coalesce({{ is_listed('factors.part_of_measures', 'in_zones.measure_code') }}, false)
    group by
        in_zones.local_authority_code, in_zones.period_id, in_zones.zone,
        in_zones.indicator_id, in_zones.polarity, states.factor_code
),

shares as (
    select
        counted.*,
        parameters.*,
        least(counted.n_with, counted.n_without) >= parameters.released_minimum_n as is_enough,
        counted.x_with / nullif(cast(counted.n_with as double), 0) as p_with,
        counted.x_without / nullif(cast(counted.n_without as double), 0) as p_without,
        {%- for side in ['with', 'without'] %}
        {%- for limit in ['lower', 'upper'] %}
        {{ wilson_lower('counted.x_' ~ side, 'counted.n_' ~ side, 'parameters.z95')
            if limit == 'lower'
            else wilson_upper('counted.x_' ~ side, 'counted.n_' ~ side, 'parameters.z95') }}
            as {{ limit }}_{{ side }}{{ ',' if not (loop.last and side == 'without') }}
        {%- endfor %}
        {%- endfor %}
    from counted
    cross join parameters
),

compared as (
    select
        *,
        {{ newcombe_lower('p_with', 'lower_with', 'upper_with', 'p_without', 'lower_without',
            'upper_without') }} as difference_lower,
        {{ newcombe_upper('p_with', 'lower_with', 'upper_with', 'p_without', 'lower_without',
            'upper_without') }} as difference_upper
    from shares
)

select
    compared.local_authority_code,
    compared.period_id,
    compared.zone,
    compared.indicator_id,
    compared.factor_code,
    factors.factor_kind,
    factors.factor,
    cast(compared.n_with as bigint) as n_with,
    cast(compared.n_without as bigint) as n_without,
    {{ settled('100.0 * compared.n_with / (compared.n_with + compared.n_without)') }} as share_with,
    case when compared.is_enough then {{ settled('100 * compared.p_with') }} end as value_with,
    case when compared.is_enough then {{ settled('100 * compared.p_without') }} end
        as value_without,
    case when compared.is_enough
        then {{ settled('100 * (compared.p_with - compared.p_without)') }} end as difference,
    case when compared.is_enough then {{ settled('100 * compared.difference_lower') }} end
        as difference_lower95,
    case when compared.is_enough then {{ settled('100 * compared.difference_upper') }} end
        as difference_upper95,
    case
        when not compared.is_enough then null
        when compared.difference_lower > 0
            then case compared.polarity when 'higher_better' then 'BETTER' else 'WORSE' end
        when compared.difference_upper < 0
            then case compared.polarity when 'higher_better' then 'WORSE' else 'BETTER' end
        else 'NO_CLEAR_DIFFERENCE'
    end as goes_with,
    'For planning: not a score of any child, and not a cause.' as caution,
    {{ as_at_date() }} as as_at_date,
    compared.parameter_version
from compared
inner join factors on compared.factor_code = factors.factor_code
