-- As far as the list of holidays goes: beyond it nobody knows which days were worked on.
with listed as (
    select
        min(holiday_date) as first_day,
        max(holiday_date) as last_day
    from {{ ref('bank_holidays') }}
),

spread as (
    select {{ row_for_each(days_from('first_day', 'last_day')) }} as day_on
    from listed
),

days as (
    select cast(day_on as date) as calendar_date from spread
),

told as (
    select
        days.calendar_date,
        -- Days since a Monday: engines number the days of the week differently.
        {{ days_between("cast('1900-01-01' as date)", 'days.calendar_date') }} % 7 < 5
        and holidays.holiday_date is null as is_working_day
    from days
    left join {{ ref('bank_holidays') }} as holidays
        on days.calendar_date = holidays.holiday_date
)

select
    calendar_date,
    is_working_day,
    cast(sum(cast(is_working_day as integer)) over (
        order by calendar_date rows between unbounded preceding and current row
    ) as bigint) as working_day_number
from told
