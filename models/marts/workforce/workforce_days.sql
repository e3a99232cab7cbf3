with days as (
    select distinct
        local_authority_code,
        record_source,
        period_id,
        period_end,
        {{ year_ago('period_end') }} as year_ago
    from {{ ref('workforce_snapshots') }}
)

select
    days.local_authority_code,
    days.record_source,
    days.period_id,
    days.period_end,
    days.year_ago,
    starts.period_id as start_period_id,
    -- The census says itself who left in its year.
    days.record_source = 'csww' or starts.period_id is not null as is_year_held
from days
left join days as starts
    on days.local_authority_code = starts.local_authority_code
    and days.record_source = starts.record_source
    and days.year_ago = starts.period_end
