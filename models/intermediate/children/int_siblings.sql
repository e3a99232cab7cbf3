with children as (
    select * from {{ ref('int_family_members') }}
    where child_id is not null
),

-- In one family at one time; without dates nobody says that they were not.
pairs as (
    select
        children.local_authority_code,
        children.child_id,
        siblings.child_id as sibling_child_id,
        children.family_id,
        children.record_source,
        greatest(children.joined_date, siblings.joined_date) as together_from_date,
        least(children.left_date, siblings.left_date) as together_until_date,
        children._file_sha256,
        children._row_number
    from children
    inner join children as siblings
        on children.local_authority_code = siblings.local_authority_code
        and children.family_id = siblings.family_id
        and children.child_id <> siblings.child_id
        and coalesce(children.joined_date < siblings.left_date, true)
        and coalesce(siblings.joined_date < children.left_date, true)
)

select
    local_authority_code,
    child_id,
    sibling_child_id,
    min(together_from_date) as together_from_date,
    -- Empty while they still are.
    case when bool_or(together_until_date is null) then null else max(together_until_date) end
        as together_until_date,
    {{ join_codes('record_source') }} as held_by_sources,
    min_by(_file_sha256, {{ made_text(['_file_sha256', '_row_number']) }}) as _file_sha256,
    min_by(_row_number, {{ made_text(['_file_sha256', '_row_number']) }}) as _row_number
from pairs
group by local_authority_code, child_id, sibling_child_id
