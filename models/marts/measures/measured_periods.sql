with measured as (
    select
        indicator_id,
        period_types,
        source_extracts,
        length(source_extracts) - length(replace(source_extracts, ';', '')) + 1
            as sources_needed
    from {{ ref('indicators') }}
    where measure_code is not null
),

ended as (
    select * from {{ ref('periods') }}
    where period_end <= cast('{{ var("as_at_date") }}' as date)
)

select
    measured.indicator_id,
    coverage.local_authority_code,
    ended.period_id,
    ended.period_type,
    ended.period_start,
    ended.period_end,
    ended.reporting_year,
    -- The weakest of the sources the definition rests on.
    max(coverage.dq_grade) as dq_grade
from measured
inner join ended
    on ';' || measured.period_types || ';' like '%;' || ended.period_type || ';%'
inner join {{ ref('int_source_coverage') }} as coverage
    on (
        ended.reporting_year = coverage.return_year
        -- An extract of no single year speaks for the periods that lie in what it covers.
        or (
            coverage.return_year is null
            and coalesce(coverage.covered_from <= ended.period_start, true)
            and coverage.covered_to >= ended.period_end
        )
    )
    and ';' || measured.source_extracts || ';' like '%;' || coverage.source_extract || ';%'
group by
    measured.indicator_id, coverage.local_authority_code, ended.period_id, ended.period_type,
    ended.period_start, ended.period_end, ended.reporting_year
-- Every source of the definition is there, or the indicator is not measured at all.
having count(distinct coverage.source_extract) = max(measured.sources_needed)
