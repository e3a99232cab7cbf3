with posts as (
    select * from {{ ref('stg_local__posts') }}
    qualify row_number() over (
        partition by local_authority_code, post_id
        order by exported_date desc nulls last, _file_sha256 asc, _row_number desc
    ) = 1
),

totals as (
    select * from {{ ref('stg_csww__la_level_vacancies') }}
    qualify row_number() over (
        partition by local_authority_code, return_year order by _row_number desc
    ) = 1
)

select
    local_authority_code,
    'local' as record_source,
    post_id,
    cast(null as integer) as census_year,
    team_id,
    staff_group_code,
    budgeted_fte,
    cast(null as double) as vacant_fte,
    cast(null as double) as agency_cover_fte,
    required_credential_code,
    required_level,
    start_date as post_start_date,
    end_date as post_end_date,
    _file_sha256,
    _row_number
from posts
union all
select
    local_authority_code,
    'csww' as record_source,
    'authority' as post_id,
    return_year as census_year,
    cast(null as varchar) as team_id,
    cast(null as varchar) as staff_group_code,
    cast(null as double) as budgeted_fte,
    vacant_fte,
    agency_cover_fte,
    cast(null as varchar) as required_credential_code,
    cast(null as bigint) as required_level,
    cast(null as date) as post_start_date,
    cast(null as date) as post_end_date,
    _file_sha256,
    _row_number
from totals
