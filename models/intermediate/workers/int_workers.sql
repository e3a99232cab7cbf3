with staff as (
    select * from {{ ref('stg_local__staff') }}
    -- The staff list and the agency contract may both hold a role.
    qualify row_number() over (
        partition by local_authority_code, worker_key, role_start_date
        order by exported_date desc nulls last, _file_sha256 asc, _row_number desc
    ) = 1
),

census_workers as (
    select
        workers.*,
        make_date(workers.return_year, 9, 30) as census_date
    from {{ ref('stg_csww__worker') }} as workers
),

professionals as (
    select * from {{ ref('stg_ssd__professionals') }}
    qualify row_number() over (
        partition by local_authority_code, worker_key
        order by exported_date desc nulls last, _row_number desc
    ) = 1
),

roles as (
    select
        staff.local_authority_code,
        'local' as record_source,
        staff.worker_key as worker_id,
        staff.registration_key,
        cast(null as integer) as census_year,
        staff.staff_group_code,
        staff.org_role_code,
        employments.code_group = 'agency' as is_agency_worker,
        staff.employment_type_code,
        staff.has_direct_work,
        staff.fte,
        staff.role_start_date,
        staff.role_end_date,
        staff.employed_from_date,
        staff.employed_to_date,
        cast(null as varchar) as start_origin_code,
        staff.leaving_reason_code,
        staff.leaving_destination_code,
        cast(null as varchar) as qualification_level_code,
        cast(null as bigint) as case_count,
        staff.team_id,
        staff.post_id,
        staff.line_manager_key as line_manager_id,
        staff.exported_date,
        staff._file_sha256,
        staff._row_number
    from staff
    left join {{ ref('codes') }} as employments
        on employments.code_set = 'employment_type'
        and staff.employment_type_code = employments.code
    union all
    select
        census_workers.local_authority_code,
        'csww' as record_source,
        -- Somebody without a number is somebody, and nobody else.
        coalesce(
            identities.worker_id,
            {{ made_key(["'csww'", 'census_workers.return_year', 'census_workers._row_number']) }}
        ) as worker_id,
        census_workers.registration_key,
        census_workers.return_year as census_year,
        case
            when org_roles.code_group = 'manager' then 'manager' else 'qualified_social_worker'
        end as staff_group_code,
        census_workers.org_role_code,
        coalesce(employments.code_group = 'agency', false) as is_agency_worker,
        employments.code_group as employment_type_code,
        cast(null as boolean) as has_direct_work,
        case
            when census_workers.role_end_date <= census_workers.census_date
                then coalesce(census_workers.fte, census_workers.census_day_fte)
            else coalesce(census_workers.census_day_fte, census_workers.fte)
        end as fte,
        census_workers.role_start_date,
        census_workers.role_end_date,
        census_workers.role_start_date as employed_from_date,
        census_workers.role_end_date as employed_to_date,
        census_workers.start_origin_code,
        census_workers.leaving_reason_code,
        census_workers.leaving_destination_code,
        census_workers.qualification_level_code,
        census_workers.case_count,
        cast(null as varchar) as team_id,
        cast(null as varchar) as post_id,
        cast(null as varchar) as line_manager_id,
        cast(null as date) as exported_date,
        census_workers._file_sha256,
        census_workers._row_number
    from census_workers
    left join {{ ref('int_worker_identities') }} as identities
        on census_workers.local_authority_code = identities.local_authority_code
        and identities.record_source = 'csww'
        and census_workers.registration_key = identities.worker_key
    left join {{ ref('codes') }} as org_roles
        on org_roles.code_set = 'csww_org_role'
        and census_workers.org_role_code = org_roles.code
    left join {{ ref('codes') }} as employments
        on employments.code_set = 'csww_agency_worker'
        and census_workers.agency_worker_code = employments.code
    union all
    select
        professionals.local_authority_code,
        'ssd' as record_source,
        identities.worker_id,
        professionals.registration_key,
        cast(null as integer) as census_year,
        case when professionals.registration_key is not null then 'qualified_social_worker' end
            as staff_group_code,
        cast(null as varchar) as org_role_code,
        professionals.is_agency_worker,
        cast(null as varchar) as employment_type_code,
        cast(null as boolean) as has_direct_work,
        professionals.fte,
        cast(null as date) as role_start_date,
        cast(null as date) as role_end_date,
        cast(null as date) as employed_from_date,
        cast(null as date) as employed_to_date,
        cast(null as varchar) as start_origin_code,
        cast(null as varchar) as leaving_reason_code,
        cast(null as varchar) as leaving_destination_code,
        cast(null as varchar) as qualification_level_code,
        professionals.case_count,
        professionals.department as team_id,
        cast(null as varchar) as post_id,
        cast(null as varchar) as line_manager_id,
        professionals.exported_date,
        professionals._file_sha256,
        professionals._row_number
    from professionals
    inner join {{ ref('int_worker_identities') }} as identities
        on professionals.local_authority_code = identities.local_authority_code
        and identities.record_source = 'ssd'
        and professionals.worker_key = identities.worker_key
)

select
    {{ made_key(['record_source', '_file_sha256', '_row_number']) }} as role_id,
    *
from roles
