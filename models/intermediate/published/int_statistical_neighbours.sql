with staged as (
    select * from {{ ref('stg_published__statistical_neighbours') }}
),

files as (
    select
        file_sha256,
        max(file_name) as file_name
    from {{ source('quality', 'extract_files') }}
    where status = 'loaded' and extract = 'published__statistical_neighbours'
    group by file_sha256
),

-- The file does not say which model it is: its name does, else its form.
models as (
    select
        staged.*,
        files.file_name,
        coalesce(
            try_cast(
                nullif(regexp_extract(files.file_name, '(20[0-9][0-9])[^/]*$', 1), '') as integer
            ),
            case when staged.office_region_name is not null then 2021 else 2025 end
        ) as model_year
    from staged
    inner join files
        on staged._file_sha256 = files.file_sha256
),

ranked as (
    -- The hand-kept list has its own form; without day or name it comes after the department's.
    select
        local_authority_code,
        model_year,
        neighbour_rank,
        neighbour_local_authority_code,
        closeness_code,
        cast(null as date) as exported_date,
        '' as file_name,
        _file_sha256,
        _row_number
    from {{ ref('stg_reference__statistical_neighbours') }}
    {% for rank in range(1, 11) -%}
    union all
    select
        local_authority_code,
        model_year,
        {{ rank }} as neighbour_rank,
        neighbour_{{ rank }}_local_authority_code as neighbour_local_authority_code,
        closeness_{{ rank }}_code as closeness_code,
        exported_date,
        file_name,
        _file_sha256,
        _row_number
    from models
    {% endfor %}
),

newest as (
    select * from ranked
    where neighbour_local_authority_code is not null
    qualify row_number() over (
        partition by local_authority_code, model_year, neighbour_rank
        order by
            exported_date desc nulls last, file_name desc, _file_sha256 asc, _row_number desc
    ) = 1
)

select
    newest.local_authority_code,
    newest.model_year,
    newest.neighbour_rank,
    newest.neighbour_local_authority_code,
    newest.closeness_code,
    -- Both exist from the later of their first years to the earlier of their last.
    case
        when authorities.first_reporting_year > neighbours.first_reporting_year
            then authorities.first_reporting_year
        else coalesce(neighbours.first_reporting_year, authorities.first_reporting_year)
    end as usable_from_year,
    case
        when authorities.last_reporting_year < neighbours.last_reporting_year
            then authorities.last_reporting_year
        else coalesce(neighbours.last_reporting_year, authorities.last_reporting_year)
    end as usable_to_year,
    newest._file_sha256,
    newest._row_number
from newest
left join {{ ref('int_authorities') }} as authorities
    on newest.local_authority_code = authorities.local_authority_code
left join {{ ref('int_authorities') }} as neighbours
    on newest.neighbour_local_authority_code = neighbours.local_authority_code
-- No authority is its own neighbour.
where newest.local_authority_code <> newest.neighbour_local_authority_code
