with parameters as (
    select
        {{ parameter_columns([
            'strength_n_3', 'strength_n_2', 'strength_n_1',
            'strength_coverage_3', 'strength_coverage_2', 'strength_coverage_1',
            'strength_response_3', 'strength_response_2', 'strength_response_1',
            'strength_age_3', 'strength_age_2', 'strength_age_1',
            'shortest_cycle_months', 'strong_total', 'strong_lowest_score', 'moderate_total',
        ]) }}
    from {{ ref('method_parameters') }}
),

-- Individual progress, and whether help made things better, are read by each one's own start
-- before charts and years; whatever else has one by charts and years first.
directed as (
    select
        signals.*,
        directions.needs_band,
        directions.point_period_id,
        case
            when own_changes.is_read_first then own_changes.direction_method
            else coalesce(directions.direction_method, own_changes.direction_method)
        end as chosen_method,
        case
            when own_changes.is_read_first then own_changes.direction
            else coalesce(directions.direction, own_changes.direction)
        end as first_direction
    from {{ ref('evidence_signals') }} as signals
    left join {{ ref('evidence_directions') }} as directions
        on signals.indicator_id = directions.indicator_id
        and signals.local_authority_code = directions.local_authority_code
        and signals.period_id = directions.period_id
    left join {{ ref('own_change_directions') }} as own_changes
        on signals.indicator_id = own_changes.indicator_id
        and signals.local_authority_code = own_changes.local_authority_code
        and signals.period_id = own_changes.period_id
),

scored as (
    select
        signals.*,
        -- What was chosen speaks before the year before alone, and what it says stands. Nothing
        -- improves that may not be judged, or whose band nobody agreed.
        case
            when signals.is_context_only then 'UNK'
            when signals.chosen_method in ('XMR', 'ANNUAL_TREND')
                and signals.needs_band and signals.band_code is null then 'UNK'
            else coalesce(signals.first_direction, signals.direction)
        end as chosen_direction,
        coalesce(
            signals.chosen_method, case when signals.direction <> 'UNK' then 'TWO_PERIODS' end
        ) as direction_method,
        case
            when signals.chosen_method in ('XMR', 'ANNUAL_TREND') then signals.point_period_id
            else signals.period_id
        end as direction_period_id,
        parameters.parameter_version,
        parameters.strong_total,
        parameters.strong_lowest_score,
        parameters.moderate_total,
        {{ score_from('signals.n', 'strength_n_3', 'strength_n_2', 'strength_n_1') }} as n_score,
        -- Of user views, coverage is the response rate.
        case
            when signals.data_type = 'user_views' then {{ score_from(
                'signals.coverage',
                'strength_response_3', 'strength_response_2', 'strength_response_1'
            ) }}
            else {{ score_from(
                'signals.coverage',
                'strength_coverage_3', 'strength_coverage_2', 'strength_coverage_1'
            ) }}
        end as coverage_score,
        -- Younger is better, hence the signs.
        {{ score_from(
            '-(signals.age_months / cast(greatest(signals.cycle_months, shortest_cycle_months) '
            ~ 'as double))',
            '-strength_age_3', '-strength_age_2', '-strength_age_1'
        ) }} as freshness_score,
        case signals.dq_grade when 'A' then 3 when 'B' then 2 when 'C' then 1 else 0 end
            as quality_score
    from directed as signals
    cross join parameters
),

weighed as (
    select
        *,
        case
            when least(n_score, coverage_score, freshness_score, quality_score) = 0 then 'NONE'
            when n_score + coverage_score + freshness_score + quality_score >= strong_total
                and least(n_score, coverage_score, freshness_score, quality_score)
                >= strong_lowest_score then 'STRONG'
            when n_score + coverage_score + freshness_score + quality_score >= moderate_total
                then 'MODERATE'
            else 'WEAK'
        end as strength
    from scored
)

select
    weighed.outcome_id,
    weighed.local_authority_code,
    weighed.period_id,
    weighed.indicator_id,
    weighed.data_type,
    cast(weighed.item_order as integer) as item_order,
    weighed.pair_code,
    cast(weighed.value as double) as value,
    cast(weighed.n as bigint) as n,
    weighed.symbol,
    weighed.chosen_direction as direction,
    weighed.level,
    weighed.band_code,
    cast(weighed.age_months as integer) as age_months,
    cast(weighed.n_score as integer) as n_score,
    cast(weighed.coverage_score as integer) as coverage_score,
    cast(weighed.freshness_score as integer) as freshness_score,
    cast(weighed.quality_score as integer) as quality_score,
    weighed.strength,
    case
        when weighed.is_context_only or weighed.strength = 'NONE' then 'NIL'
        else reading_matrix.reading
    end as reading,
    weighed.direction_method,
    weighed.direction_period_id,
    weighed.source_id,
    weighed.as_at_date,
    weighed.parameter_version
from weighed
left join {{ ref('reading_matrix') }} as reading_matrix
    on weighed.chosen_direction = reading_matrix.direction
    and weighed.level = reading_matrix.level
