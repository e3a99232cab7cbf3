with years as (
    select
        indicator_id,
        local_authority_code,
        period_id,
        period_end,
        value
    from {{ ref('indicator_values') }}
    where breakdown = 'all' and period_type = 'year' and value is not null
),

before_and_latest as (
    select
        actions.local_authority_code,
        actions.action_id,
        max_by(years.period_id, years.period_end)
            filter (where years.period_end < actions.start_date) as period_before,
        max_by(years.value, years.period_end)
            filter (where years.period_end < actions.start_date) as value_before,
        max_by(years.period_id, years.period_end)
            filter (where years.period_end >= actions.start_date) as latest_period,
        max_by(years.value, years.period_end)
            filter (where years.period_end >= actions.start_date) as latest_value
    from {{ ref('int_actions') }} as actions
    inner join years
        on actions.indicator_id = years.indicator_id
        and actions.local_authority_code = years.local_authority_code
    group by actions.local_authority_code, actions.action_id
)

select
    actions.local_authority_code,
    actions.action_id,
    actions.action_type_code,
    actions.origin_type_code,
    actions.indicator_id,
    actions.outcome_id,
    actions.service_code,
    actions.agency_code,
    actions.theme_code,
    actions.owner_role,
    actions.start_date,
    actions.due_date,
    actions.completed_date,
    actions.action_status_code,
    actions.told_date,
    actions.is_low_cost,
    before_and_latest.period_before,
    before_and_latest.value_before,
    before_and_latest.latest_period,
    before_and_latest.latest_value,
    {{ settled('before_and_latest.latest_value - before_and_latest.value_before') }}
        as later_change,
    actions.action_text,
    actions._file_sha256,
    actions._row_number
from {{ ref('int_actions') }} as actions
left join before_and_latest
    on actions.local_authority_code = before_and_latest.local_authority_code
    and actions.action_id = before_and_latest.action_id
