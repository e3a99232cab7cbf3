with measures as (
    select
        measure_code,
        published_measure_code,
        case when first_side = 'all_pupils' then second_side else first_side end as own_side
    from {{ ref('difference_measures') }}
    where published_measure_code is not null
),

-- The school year that ends in the summer of the period.
years as (
    select
        period_id,
        reporting_year,
        reporting_year - 1 as academic_year,
        cast(reporting_year - 2 as varchar) || right(cast(reporting_year - 1 as varchar), 2)
            as academic_years
    from {{ ref('periods') }}
    where period_type = 'year'
),

-- The share that is published of all pupils is read beside that of the children in need.
absent as (
    select
        'persistent_absence_gap' as measure_code,
        local_authority_code,
        period_id,
        child_id,
        exclusion_code,
        numerator_flag,
        cast(null as double) as value,
        missing_code,
        source_id,
        evidence,
        _file_sha256,
        _row_number
    from {{ ref('measure__school_year') }}
    where measure_code = 'school_absence'
),

results as (
    select * from {{ newest_records('local__education_results',
        ['academic_year', 'stage_code', 'measure_code']) }}
),

scored as (
    select
        'attainment8_gap' as measure_code,
        in_need.local_authority_code,
        years.period_id,
        in_need.child_id,
        cast(null as varchar) as exclusion_code,
        cast(null as integer) as numerator_flag,
        results.result_value as value,
        case when results.result_value is null then 'NOT_RECORDED' end as missing_code,
        'local' as source_id,
        'Attainment 8: ' || coalesce(cast(results.result_value as varchar), 'no score')
            as evidence,
        results._file_sha256,
        results._row_number
    from {{ ref('in_need_at_year_end') }} as in_need
    inner join years on in_need.reporting_year = years.academic_year
    inner join results
        on in_need.local_authority_code = results.local_authority_code
        and in_need.child_id = results.child_id
        and years.academic_year = results.academic_year
        and results.stage_code = 'ks4'
        and results.measure_code = 'attainment8'
),

children as (
    select * from absent
    union all
    select * from scored
),

-- Every release restates earlier years: the newest that has the year counts.
published as (
    select
        measures.measure_code,
        figures.area_code as local_authority_code,
        years.period_id,
        figures.value,
        figures._file_sha256,
        figures._row_number
    from {{ ref('stg_reference__benchmark') }} as figures
    inner join measures on figures.measure_code = measures.published_measure_code
    inner join years on figures.time_period = years.academic_years
    where figures.geographic_level_code = 'Local authority' and figures.value is not null
    qualify row_number() over (
        partition by measures.measure_code, figures.area_code, years.period_id
        order by
            figures.release_date desc, figures._file_sha256 asc, figures._row_number desc
    ) = 1
)

select
    children.measure_code,
    'child' as subject_type,
    children.child_id as subject_key,
    '' as event_key,
    children.local_authority_code,
    measures.own_side as cohort_code,
    children.period_id,
    case when children.exclusion_code is null then 1 else 0 end as denominator_flag,
    children.numerator_flag,
    children.value,
    cast(null as double) as exposure,
    children.exclusion_code,
    children.missing_code,
    cast(null as date) as event_date,
    children.child_id,
    children.source_id,
    children.evidence,
    children._file_sha256,
    children._row_number
from children
inner join measures on children.measure_code = measures.measure_code
union all
select
    measure_code,
    'population' as subject_type,
    local_authority_code as subject_key,
    'all_pupils' as event_key,
    local_authority_code,
    'all_pupils' as cohort_code,
    period_id,
    1 as denominator_flag,
    0 as numerator_flag,
    value,
    cast(null as double) as exposure,
    cast(null as varchar) as exclusion_code,
    cast(null as varchar) as missing_code,
    cast(null as date) as event_date,
    cast(null as varchar) as child_id,
    'reference' as source_id,
    'published of all pupils: ' || cast(value as varchar) as evidence,
    _file_sha256,
    _row_number
from published
