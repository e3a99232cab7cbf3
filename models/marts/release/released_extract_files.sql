with files as (
    select
        *,
        least(
            case when rows_read > 0 then rows_read end,
            case when rows_loaded > 0 then rows_loaded end,
            case when rows_quarantined > 0 then rows_quarantined end,
            case when rows_with_emptied_cells > 0 then rows_with_emptied_cells end
        ) <= 5 as has_small_count,
        -- Published figures and directories hold nobody.
        status in ('loaded', 'superseded') and local_authority_code = '' as holds_nobody,
        case
            when substring(file_name, 4, 1) = '/'
                and try_cast(left(file_name, 3) as integer) is not null
                then left(file_name, 4)
        end as folder,
        -- Sheets of one workbook, or the same file twice, have one hash.
        dense_rank() over (partition by file_sha256 order by file_name) as part_number
    from {{ source('quality', 'extract_files') }}
),

unknown as (
    select
        file_name,
        extract,
        count(*) as heading_count
    from {{ source('quality', 'file_columns') }}
    where state = 'unknown'
    group by all
)

select
    files.file_sha256,
    -- Whoever named a file for a child named it here as well: it is told by what it is.
    case
        when files.holds_nobody then files.file_name
        else
            coalesce(nullif(files.local_authority_code, '') || '/', files.folder, '')
            || coalesce(nullif(files.family, ''), 'unknown')
            || coalesce(' ' || nullif(files.period, ''), '')
            || ' ' || left(files.file_sha256, 12)
            || case
                when files.part_number > 1
                    then ' (' || cast(files.part_number as varchar) || ')'
                else ''
            end
    end as file_name,
    files.family,
    files.extract,
    files.local_authority_code,
    files.return_year,
    files.return_year_source,
    files.status,
    {{ without_what_stays_inside('files.reason') }} as reason,
    {{ without_what_stays_inside('files.notes') }} as notes,
    -- Rows are children in most files: one small count, and the others would give it away.
    case when files.has_small_count then null else files.rows_read end as rows_read,
    case when files.has_small_count then null else files.rows_loaded end as rows_loaded,
    case when files.has_small_count then null else files.rows_quarantined end
        as rows_quarantined,
    case when files.has_small_count then null else files.rows_with_emptied_cells end
        as rows_with_emptied_cells,
    case when files.has_small_count then '[c]' else '' end as symbol,
    files.columns_missing,
    -- A heading that nobody knows is what somebody typed.
    coalesce(cast(unknown.heading_count as varchar) || ' unknown', '') as columns_extra,
    -- As a message says of itself, whatever it says.
    case
        when try_cast(files.written_at as timestamp) is not null then files.written_at
        else ''
    end as written_at,
    files.superseded_by
from files
left join unknown
    on files.file_name = unknown.file_name
    and files.extract = unknown.extract
