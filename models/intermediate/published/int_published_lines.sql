with open_statistics as (
    select
        exported_date,
        time_period,
        time_identifier,
        geographic_level,
        country_code,
        region_code,
        old_la_code,
        new_la_code,
        cells,
        _file_sha256,
        _row_number
    from {{ ref('stg_published__open_statistics') }}
),

-- Populations have an extract of their own; their lines are read like all others.
populations as (
    select
        exported_date,
        cast(time_period as varchar) as time_period,
        time_identifier,
        geographic_level,
        country_code,
        region_code,
        old_la_code,
        new_la_code,
        {{ map_of({
            'age_group': 'age_group',
            'population_estimate':
                'coalesce(cast(population_count as varchar), population_estimate_symbol)',
        }) }} as cells,
        _file_sha256,
        _row_number
    from {{ ref('stg_published__population_estimates') }}
    -- Two sheets of one workbook would have two lines of one number.
    where _file_sha256 not in (select _file_sha256 from open_statistics)
),

lines as (
    select * from open_statistics
    union all
    select * from populations
),

-- 2024/25, 2024-25 and 202425 are one period.
plain as (
    select
        lines.*,
        replace(replace(replace(time_period, '/', ''), '-', ''), ' ', '') as digits,
        lower(trim(geographic_level)) as level,
        coalesce(old_la_code, new_la_code) like '%/%' as is_joint
    from lines
),

dated as (
    select
        plain.*,
        case
            when length(digits) = 4 then try_cast(digits as integer)
            when
                length(digits) = 6
                and (try_cast(substr(digits, 1, 4) as integer) + 1) % 100
                = try_cast(substr(digits, 5, 2) as integer)
                then try_cast(substr(digits, 1, 4) as integer) + 1
            when
                length(digits) = 8
                and try_cast(substr(digits, 1, 4) as integer) + 1
                = try_cast(substr(digits, 5, 4) as integer)
                then try_cast(substr(digits, 5, 4) as integer)
        end as period_year
    from plain
),

by_gss as (
    select
        gss_code,
        local_authority_code
    from {{ ref('local_authorities') }}
),

placed as (
    select
        dated.*,
        -- The three-digit code stays where only the other one changes, and so it comes first.
        case
            when level = 'local authority'
                then coalesce(by_code.local_authority_code, by_gss.local_authority_code)
        end as local_authority_code,
        case
            when level = 'national' then 'national'
            when level = 'regional' then 'regional'
            when level = 'local authority' and is_joint then 'joint_authorities'
            when level = 'local authority' then 'local_authority'
        end as area_type_code
    from dated
    left join {{ ref('int_authorities') }} as by_code
        on dated.old_la_code = by_code.local_authority_code
    left join by_gss
        on dated.new_la_code = by_gss.gss_code
),

areas as (
    select
        placed.*,
        case area_type_code
            when 'national' then country_code
            when 'regional' then region_code
            when 'joint_authorities'
                then replace(replace(coalesce(old_la_code, new_la_code), ' ', ''), '/', ' / ')
            when 'local_authority' then coalesce(local_authority_code, old_la_code, new_la_code)
        end as area_code
    from placed
)

select
    area_type_code,
    area_code,
    local_authority_code,
    time_period,
    time_identifier,
    period_year,
    cells,
    exported_date,
    _file_sha256,
    _row_number
from areas
where area_type_code is not null and area_code is not null and period_year is not null
