with spells as (
    select * from {{ ref('stg_local__staff_absence') }}
    qualify row_number() over (
        partition by local_authority_code, absence_id
        order by exported_date desc nulls last, _file_sha256 asc, _row_number desc
    ) = 1
),

totals as (
    select *
    from {{ ref('int_workers') }}
    where record_source = 'csww'
)

select
    spells.local_authority_code,
    'local' as record_source,
    spells.absence_id,
    spells.worker_key as worker_id,
    cast(null as integer) as census_year,
    spells.absence_start_date,
    spells.absence_end_date,
    -- The last day lost counts; of a spell that goes on, up to the day of the extract.
    coalesce(
        spells.absence_end_date, spells.exported_date, {{ as_at_date() }}
    ) as last_absent_date,
    spells.absence_reason_code,
    spells.working_days_lost,
    cast(null as boolean) as is_absent_on_census_day,
    spells._file_sha256,
    spells._row_number
from spells
union all
select
    totals.local_authority_code,
    'csww' as record_source,
    totals.role_id as absence_id,
    totals.worker_id,
    totals.census_year,
    cast(null as date) as absence_start_date,
    cast(null as date) as absence_end_date,
    cast(null as date) as last_absent_date,
    census.absence_reason_code,
    census.working_days_lost,
    census.is_absent_on_census_day,
    totals._file_sha256,
    totals._row_number
from totals
inner join {{ ref('stg_csww__worker') }} as census
    on totals.local_authority_code = census.local_authority_code
    and totals._file_sha256 = census._file_sha256
    and totals._row_number = census._row_number
where census.working_days_lost is not null or census.is_absent_on_census_day is not null
