with scopes as (
    select
        *,
        case scope_code when 'authority' then 'all' else scope_code end as breakdown,
        case scope_code
            when 'authority' then 'all'
            when 'team' then team_id
            else service_code
        end as breakdown_value
    from {{ ref('stg_local__targets') }}
)

select
    local_authority_code,
    target_id,
    indicator_id,
    target_type_code,
    list_name,
    breakdown,
    breakdown_value,
    target_value,
    lower_value,
    upper_value,
    valid_from_date,
    valid_to_date,
    owner_role,
    reason_text,
    behaviour_note,
    _file_sha256,
    _row_number
from scopes
-- Two senders may keep the same list: the row of the later export counts.
qualify row_number() over (
    partition by local_authority_code, target_id
    order by exported_date desc nulls last, source_system asc, _row_number desc
) = 1
