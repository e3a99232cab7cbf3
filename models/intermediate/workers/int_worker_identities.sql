with staff as (
    select
        local_authority_code,
        worker_key,
        max_by(registration_key, role_start_date) filter (where registration_key is not null)
            as registration_key
    from {{ ref('stg_local__staff') }}
    group by local_authority_code, worker_key
),

-- Who holds a registration number, where one person does.
staff_by_registration as (
    select
        local_authority_code,
        registration_key,
        min(worker_key) as worker_id,
        count(*) as holder_count
    from staff
    where registration_key is not null
    group by local_authority_code, registration_key
),

professional_rows as (
    select
        local_authority_code, worker_key, staff_key, registration_key, exported_date, _row_number
    from {{ ref('stg_ssd__professionals') }}
    union all
    -- Somebody on a case who is missing from the list of professionals is a worker all the same.
    select
        local_authority_code, worker_key,
        cast(null as varchar) as staff_key,
        cast(null as varchar) as registration_key,
        cast(null as date) as exported_date,
        cast(null as bigint) as _row_number
    from {{ ref('stg_ssd__involvements') }}
    where worker_key is not null
),

professionals as (
    select local_authority_code, worker_key, staff_key, registration_key
    from professional_rows
    qualify row_number() over (
        partition by local_authority_code, worker_key
        order by exported_date desc nulls last, _row_number desc nulls last
    ) = 1
),

professionals_matched as (
    select
        professionals.local_authority_code,
        professionals.worker_key,
        professionals.registration_key,
        case
            when by_staff_number.worker_key is not null then case
                -- One staff number with two registrations is two people, or a slip of the pen.
                when coalesce(
                    by_staff_number.registration_key = professionals.registration_key, true
                ) then by_staff_number.worker_key
            end
            when by_registration.holder_count = 1
                and count(*) over (
                    partition by
                        professionals.local_authority_code, professionals.registration_key
                ) = 1 then by_registration.worker_id
        end as matched_worker_id,
        by_staff_number.worker_key is not null as has_staff_number,
        -- The case system counts its users itself: the same number may be somebody else's.
        same_key.worker_key is not null as is_key_of_staff
    from professionals
    left join staff as by_staff_number
        on professionals.local_authority_code = by_staff_number.local_authority_code
        and professionals.staff_key = by_staff_number.worker_key
    left join staff_by_registration as by_registration
        on professionals.local_authority_code = by_registration.local_authority_code
        and professionals.registration_key = by_registration.registration_key
    left join staff as same_key
        on professionals.local_authority_code = same_key.local_authority_code
        and professionals.worker_key = same_key.worker_key
),

professionals_named as (
    select
        local_authority_code,
        worker_key,
        registration_key,
        case
            when matched_worker_id is not null then matched_worker_id
            when is_key_of_staff then {{ made_key(["'ssd'", 'worker_key']) }}
            else worker_key
        end as worker_id,
        case
            when matched_worker_id is not null and has_staff_number then 'same_staff_number'
            when matched_worker_id is not null then 'same_registration'
            when has_staff_number or is_key_of_staff then 'kept_apart'
            else 'own_number'
        end as match_rule
    from professionals_matched
),

professionals_by_registration as (
    select
        local_authority_code,
        registration_key,
        min(worker_id) as worker_id,
        count(distinct worker_id) as holder_count
    from professionals_named
    where registration_key is not null
    group by local_authority_code, registration_key
),

registrations as (
    select distinct
        local_authority_code,
        'csww' as record_source,
        registration_key
    from {{ ref('stg_csww__worker') }}
    where registration_key is not null
    union all
    select distinct
        local_authority_code,
        'ssda903' as record_source,
        worker_id as registration_key
    from {{ ref('stg_ssda903__sw_episodes') }}
)

select
    local_authority_code,
    'local' as record_source,
    worker_key,
    worker_key as worker_id,
    'own_number' as match_rule
from staff
union all
select
    local_authority_code,
    'ssd' as record_source,
    worker_key,
    worker_id,
    match_rule
from professionals_named
union all
select
    registrations.local_authority_code,
    registrations.record_source,
    registrations.registration_key as worker_key,
    case
        when in_staff.holder_count = 1 then in_staff.worker_id
        when in_staff.holder_count is null and in_ssd.holder_count = 1 then in_ssd.worker_id
        else registrations.registration_key
    end as worker_id,
    case
        when in_staff.holder_count = 1 then 'same_registration'
        when in_staff.holder_count is null and in_ssd.holder_count = 1 then 'same_registration'
        when coalesce(in_staff.holder_count, in_ssd.holder_count) > 1 then 'kept_apart'
        else 'own_number'
    end as match_rule
from registrations
left join staff_by_registration as in_staff
    on registrations.local_authority_code = in_staff.local_authority_code
    and registrations.registration_key = in_staff.registration_key
left join professionals_by_registration as in_ssd
    on registrations.local_authority_code = in_ssd.local_authority_code
    and registrations.registration_key = in_ssd.registration_key
