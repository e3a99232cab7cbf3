-- In scope is excluded plus denominator, the denominator known plus not known, and every record is
-- in exactly one slice of each breakdown (METHODS 1.1).
with recorded as (
    select
        indicator_id,
        local_authority_code,
        period_id,
        count(*) filter (where subject_type <> 'population') as record_count,
        count(*) filter (where subject_type <> 'population' and denominator_flag = 0)
            as excluded_count,
        count(*) filter (where subject_type = 'population') as population_count
    from {{ ref('measure_records') }}
    group by indicator_id, local_authority_code, period_id
),

figures as (
    select
        indicator_id,
        local_authority_code,
        period_id,
        period_type,
        measure_type,
        breakdown,
        sum(n_in_scope) as n_in_scope,
        sum(n_excluded) as n_excluded,
        sum(n_denominator) as n_denominator,
        sum(n_known) as n_known,
        sum(n_not_known) as n_not_known
    from {{ ref('indicator_values') }}
    group by
        indicator_id, local_authority_code, period_id, period_type, measure_type, breakdown
)

select figures.*, recorded.record_count
from figures
left join recorded
    on figures.indicator_id = recorded.indicator_id
    and figures.local_authority_code = recorded.local_authority_code
    and figures.period_id = recorded.period_id
where figures.n_in_scope <> figures.n_excluded + figures.n_denominator
    or figures.n_denominator <> figures.n_known + figures.n_not_known
    or figures.n_excluded <> coalesce(recorded.excluded_count, 0)
    -- The denominator of a rate is its population, not its records; so is that of a share of it.
    or (
        figures.measure_type <> 'rate'
        and not (
            figures.measure_type = 'proportion' and coalesce(recorded.population_count, 0) > 0
        )
        and figures.n_in_scope <> coalesce(recorded.record_count, 0)
    )
