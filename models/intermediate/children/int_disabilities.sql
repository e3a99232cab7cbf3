with chosen as (
    select
        *,
        -- A list knows that there is a disability and not which: not one more than those named.
        record_source = 'annex_a'
        and count(*) over (partition by local_authority_code, child_id) > 1 as is_named_elsewhere
    from {{ chosen_records('disabilities') }}
)

select
    local_authority_code,
    child_id,
    disability_code,
    last_return_year,
    held_by_sources,
    conflict_count,
    record_source,
    _file_sha256,
    _row_number
from chosen
where not is_named_elsewhere
