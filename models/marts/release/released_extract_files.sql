with files as (
    select
        *,
        least(
            case when rows_read > 0 then rows_read end,
            case when rows_loaded > 0 then rows_loaded end,
            case when rows_quarantined > 0 then rows_quarantined end,
            case when rows_with_emptied_cells > 0 then rows_with_emptied_cells end
        ) <= 5 as has_small_count
    from {{ source('quality', 'extract_files') }}
)

select
    file_sha256,
    file_name,
    family,
    extract,
    local_authority_code,
    return_year,
    return_year_source,
    status,
    reason,
    notes,
    -- Rows are children in most files: one small count, and the others would give it away.
    case when has_small_count then null else rows_read end as rows_read,
    case when has_small_count then null else rows_loaded end as rows_loaded,
    case when has_small_count then null else rows_quarantined end as rows_quarantined,
    case when has_small_count then null else rows_with_emptied_cells end
        as rows_with_emptied_cells,
    case when has_small_count then '[c]' else '' end as symbol,
    columns_missing,
    columns_extra,
    written_at,
    superseded_by
from files
