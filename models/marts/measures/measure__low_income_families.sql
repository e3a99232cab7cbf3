-- The latest tax year whose estimate is out by the end of the reporting year, of which the
-- children are those of the middle of the year before it ends.
with estimates as (
    select
        *,
        tax_year + 1 as reporting_year,
        tax_year - 1 as mid_year
    from {{ ref('stg_reference__low_income_families') }}
    where low_income_children_count is not null
    -- The same estimate in two files: the later line counts.
    qualify row_number() over (
        partition by local_authority_code, tax_year
        order by _file_sha256 desc, _row_number desc
    ) = 1
),

residents as (
    select
        area_code as local_authority_code,
        mid_year,
        population_count
    from {{ ref('stg_reference__population') }}
    where area_level_code = 'local_authority' and age_band = '0-15'
    qualify row_number() over (
        partition by area_code, mid_year
        order by _file_sha256 desc, _row_number desc
    ) = 1
)

select
    'children_in_low_income_families' as measure_code,
    'population' as subject_type,
    estimates.local_authority_code as subject_key,
    '' as event_key,
    estimates.local_authority_code,
    'resident_children' as cohort_code,
    periods.period_id,
    1 as denominator_flag,
    0 as numerator_flag,
    cast(estimates.low_income_children_count as double) as value,
    cast(residents.population_count as double) as exposure,
    cast(null as varchar) as exclusion_code,
    cast(null as varchar) as missing_code,
    cast(null as date) as event_date,
    cast(null as varchar) as child_id,
    'reference' as source_id,
    'tax year ' || cast(estimates.tax_year as varchar) || ': '
    || cast(estimates.low_income_children_count as varchar) || ' of '
    || cast(residents.population_count as varchar) || ' under 16'
    || case when estimates.is_provisional then ', provisional' else '' end as evidence,
    estimates._file_sha256,
    estimates._row_number
from estimates
inner join residents
    on estimates.local_authority_code = residents.local_authority_code
    and estimates.mid_year = residents.mid_year
inner join {{ ref('periods') }} as periods
    on estimates.reporting_year = periods.reporting_year and periods.period_type = 'year'
where residents.population_count >= estimates.low_income_children_count
