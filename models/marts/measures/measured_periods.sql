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
    where period_end <= {{ as_at_date() }}
),

coverage as (
    select
        sources.*,
        first_records.first_record_date,
        first_records.source_extract is not null and first_records.first_record_date is null
            as always_holds
    from {{ ref('data_quality_grades') }} as sources
    left join {{ ref('int_first_records') }} as first_records
        on sources.local_authority_code = first_records.local_authority_code
        and sources.source_extract = first_records.source_extract
)

select
    measured.indicator_id,
    coverage.local_authority_code,
    ended.period_id,
    ended.period_type,
    ended.period_start,
    ended.period_end,
    ended.reporting_year,
    -- The weakest of the sources the definition rests on; of a system that is read as it stands
    -- what it says of that year, where its records have one.
    max(coalesce(of_year.dq_grade, coverage.dq_grade)) as dq_grade
from measured
inner join ended
    on ';' || measured.period_types || ';' like '%;' || ended.period_type || ';%'
inner join coverage
    on (
        (coverage.return_year is not null and ended.reporting_year = coverage.reporting_year)
        or (
            -- A system that is read as it stands: up to its day, and from what it reaches back
            -- to or its first record on.
            coverage.return_year is null
            and coverage.reporting_year is null
            and coverage.covered_to >= ended.period_end
            and coalesce(
                coverage.covered_from <= ended.period_start,
                coverage.first_record_date <= ended.period_end,
                coverage.always_holds
            )
        )
    )
    and ';' || measured.source_extracts || ';' like '%;' || coverage.source_extract || ';%'
left join {{ ref('data_quality_grades') }} as of_year
    on coverage.return_year is null
    and of_year.return_year is null
    and of_year.local_authority_code = coverage.local_authority_code
    and of_year.source_extract = coverage.source_extract
    and of_year.reporting_year = ended.reporting_year
left join {{ ref('indicators_asked_since') }} as asked
    on measured.indicator_id = asked.indicator_id
    and coverage.source_extract = asked.source_extract
-- A return says nothing of what it did not ask for yet.
where coalesce(coverage.return_year >= asked.first_return_year, true)
group by
    measured.indicator_id, coverage.local_authority_code, ended.period_id, ended.period_type,
    ended.period_start, ended.period_end, ended.reporting_year
-- Every source of the definition is there, or the indicator is not measured at all.
having count(distinct coverage.source_extract) = max(measured.sources_needed)
