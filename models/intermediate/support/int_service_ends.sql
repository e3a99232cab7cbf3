with ends as (
    select
        referrals.local_authority_code,
        referrals.child_id,
        referrals.closure_date as end_date,
        reasons.code_group as reason_group,
        -- The group holds those passed on to adult social care too, who moved nowhere.
        coalesce(referrals.closure_reason_code = 'RC5', false) as is_moved_authority,
        referrals.record_source,
        referrals._file_sha256,
        referrals._row_number
    from {{ ref('int_referrals') }} as referrals
    left join {{ ref('codes') }} as reasons
        on reasons.code_set = 'reason_for_closure'
        and referrals.closure_reason_code = reasons.code
    -- One that only stopped being returned was not seen to end.
    where not referrals.is_not_in_need and not referrals.is_end_inferred
    union all
    select
        local_authority_code,
        child_id,
        plan_end_date as end_date,
        cast(null as varchar) as reason_group,
        false as is_moved_authority,
        record_source,
        _file_sha256,
        _row_number
    from {{ ref('int_protection_plans') }}
    where not is_end_inferred
    union all
    select
        periods.local_authority_code,
        periods.child_id,
        periods.period_end_date as end_date,
        reasons.code_group as reason_group,
        coalesce(reasons.code_group = 'transferred_la', false) as is_moved_authority,
        periods.record_source,
        periods._file_sha256,
        periods._row_number
    from {{ ref('int_care_periods') }} as periods
    left join {{ ref('codes') }} as reasons
        on reasons.code_set = 'reason_episode_ceased'
        and periods.period_end_reason_code = reasons.code
    where not periods.is_end_inferred
),

ends_of_day as (
    select
        local_authority_code,
        child_id,
        end_date,
        coalesce(bool_or(reason_group = 'died'), false) as has_died,
        bool_or(is_moved_authority) as has_moved_authority
    from ends
    group by local_authority_code, child_id, end_date
),

first_lines as (
    select * from ends
    qualify row_number() over (
        partition by local_authority_code, child_id, end_date
        order by record_source asc, _file_sha256 asc, _row_number asc
    ) = 1
)

select
    help.local_authority_code,
    help.child_id,
    help.period_end_date as end_date,
    ends_of_day.has_died
    or coalesce(children.date_of_death <= help.period_end_date, false) as has_died,
    ends_of_day.has_moved_authority,
    first_lines.record_source,
    first_lines._file_sha256,
    first_lines._row_number
from {{ ref('int_help_periods') }} as help
inner join ends_of_day
    on help.local_authority_code = ends_of_day.local_authority_code
    and help.child_id = ends_of_day.child_id
    and help.period_end_date = ends_of_day.end_date
inner join first_lines
    on help.local_authority_code = first_lines.local_authority_code
    and help.child_id = first_lines.child_id
    and help.period_end_date = first_lines.end_date
left join {{ ref('int_children') }} as children
    on help.local_authority_code = children.local_authority_code
    and help.child_id = children.child_id
