with candidates as (
    select
        *,
        case record_source when 'ssda903' then 1 when 'local' then 2 when 'ssd' then 3 else 4 end
            as precedence
    from {{ ref('int_allocation_rows') }}
),

-- What the row that counts does not say, and another of the same spell does.
filled as (
    select
        *,
        min_by(
            allocation_end_date,
            case when allocation_end_date is not null and not is_end_inferred then precedence end
        ) over spell as recorded_end_date,
        min_by(team_id, case when team_id is not null then precedence end) over spell
            as recorded_team_id,
        min_by(
            change_reason_code, case when change_reason_code is not null then precedence end
        ) over spell as recorded_change_reason_code
    from candidates
    window spell as (
        partition by
            local_authority_code, child_id, worker_id, allocation_role_code,
            allocation_start_date, team_held
    )
)

select
    {{ made_key([
        'local_authority_code', 'child_id', 'worker_id', 'allocation_role_code',
        'allocation_start_date', 'team_held',
    ]) }} as allocation_id,
    local_authority_code,
    child_id,
    worker_id,
    recorded_team_id as team_id,
    allocation_role_code,
    allocation_start_date,
    coalesce(recorded_end_date, allocation_end_date) as allocation_end_date,
    is_end_inferred and recorded_end_date is null as is_end_inferred,
    recorded_change_reason_code as change_reason_code,
    record_source,
    _file_sha256,
    _row_number
from filled
where decision_code = 'used'
