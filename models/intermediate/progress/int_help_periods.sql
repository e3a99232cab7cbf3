with spells as (
    select
        local_authority_code,
        child_id,
        referral_date as start_date,
        closure_date as end_date
    from {{ ref('int_referrals') }}
    where not is_not_in_need
    union all
    select
        local_authority_code,
        child_id,
        plan_start_date as start_date,
        plan_end_date as end_date
    from {{ ref('int_protection_plans') }}
    union all
    select
        local_authority_code,
        child_id,
        period_start_date as start_date,
        period_end_date as end_date
    from {{ ref('int_care_periods') }}
),

-- What came before a spell, and how far it had reached.
reached as (
    select
        *,
        max(end_date) over earlier as reached_date,
        coalesce(bool_or(end_date is null) over earlier, false) as is_reached_open
    from spells
    where start_date is not null
    window earlier as (
        partition by local_authority_code, child_id
        order by start_date, end_date nulls last
        rows between unbounded preceding and 1 preceding
    )
),

numbered as (
    select
        *,
        sum(
            case
                when is_reached_open then 0
                when start_date <= reached_date then 0
                else 1
            end
        ) over (
            partition by local_authority_code, child_id
            order by start_date, end_date nulls last
            rows between unbounded preceding and current row
        ) as period_number
    from reached
)

select
    {{ made_key(['local_authority_code', 'child_id', 'min(start_date)']) }} as help_period_id,
    local_authority_code,
    child_id,
    min(start_date) as period_start_date,
    case when count(*) = count(end_date) then max(end_date) end as period_end_date
from numbered
group by local_authority_code, child_id, period_number
