with looked_after as (
    select
        periods.period_id as measured_period_id,
        periods.period_type,
        periods.period_start,
        periods.next_period_start,
        snapshots.*
    from {{ ref('cohort_snapshots') }} as snapshots
    inner join {{ ref('periods') }} as periods on snapshots.period_end = periods.period_end
    where snapshots.cohort_code in ('in_care', 'short_breaks', 'in_care_aged_18_or_over')
),

-- Half-open: the placement open on the first day counts, one that ended on it does not; and a
-- placement has to last a night.
placed as (
    select
        looked_after.measured_period_id,
        looked_after.local_authority_code,
        looked_after.child_id,
        count(*) as placement_count
    from looked_after
    inner join {{ ref('int_placements') }} as placements
        on looked_after.local_authority_code = placements.local_authority_code
        and looked_after.child_id = placements.child_id
        and placements.placement_start_date < looked_after.next_period_start
        and (
            placements.placement_end_date is null
            or placements.placement_end_date > looked_after.period_start
        )
        and (
            placements.placement_end_date is null
            or placements.placement_end_date > placements.placement_start_date
        )
    where looked_after.period_type = 'year'
    group by all
),

three_or_more as (
    select
        'three_or_more_placements' as measure_code,
        looked_after.measured_period_id as period_id,
        looked_after.local_authority_code,
        looked_after.cohort_code,
        looked_after.child_id,
        case looked_after.cohort_code
            when 'short_breaks' then 'SHORT_BREAKS'
            when 'in_care_aged_18_or_over' then 'AGED_18_OR_OVER'
        end as exclusion_code,
        cast(null as varchar) as missing_code,
        coalesce(placed.placement_count, 0) >= 3 as is_in_numerator,
        'placements in the year: ' || cast(coalesce(placed.placement_count, 0) as varchar)
            as evidence,
        looked_after.record_source,
        looked_after._file_sha256,
        looked_after._row_number
    from looked_after
    left join placed
        on looked_after.measured_period_id = placed.measured_period_id
        and looked_after.local_authority_code = placed.local_authority_code
        and looked_after.child_id = placed.child_id
    where looked_after.period_type = 'year'
),

-- The placement before the one the child is in, for those placed for adoption.
current_placements as (
    select
        placements.placement_id,
        placements.is_adoptive,
        {{ days_between('previous.placement_start_date', 'previous.placement_end_date') }}
            as previous_placement_days
    from {{ ref('int_placements') }} as placements
    left join {{ ref('int_placements') }} as previous
        on placements.care_period_id = previous.care_period_id
        and placements.placement_number = previous.placement_number + 1
),

days_placed as (
    select
        looked_after.*,
        {{ days_between('looked_after.placement_start_date', 'looked_after.period_end') }}
            as placement_days,
        coalesce(current_placements.is_adoptive, false) as is_adoptive,
        coalesce(current_placements.previous_placement_days, 0) as previous_placement_days
    from looked_after
    left join current_placements on looked_after.placement_id = current_placements.placement_id
),

long_term as (
    select
        'long_term_placement' as measure_code,
        measured_period_id as period_id,
        local_authority_code,
        cohort_code,
        child_id,
        case
            when cohort_code = 'short_breaks' then 'SHORT_BREAKS'
            when cohort_code = 'in_care_aged_18_or_over' or age_years >= 16
                then 'AGED_16_OR_OVER'
            when days_in_status < 913 and coalesce(is_status_start_held, true)
                then 'IN_CARE_UNDER_913_DAYS'
            when age_years is null then 'AGE_NOT_KNOWN'
        end as exclusion_code,
        -- Care began before the loaded returns: leaving out those who moved lately, and only
        -- those, would make everybody look settled.
        case
            when days_in_status < 913 then 'CARE_START_NOT_HELD'
            when placement_days is null then 'PLACEMENT_NOT_RECORDED'
        end as missing_code,
        placement_days >= 730
        or (is_adoptive and placement_days + previous_placement_days >= 730)
            as is_in_numerator,
        'days in placement: ' || coalesce(cast(placement_days as varchar), 'not known')
            as evidence,
        record_source,
        _file_sha256,
        _row_number
    from days_placed
),

judged as (
    select * from three_or_more
    union all
    select * from long_term
)

select
    measure_code,
    'child' as subject_type,
    child_id as subject_key,
    '' as event_key,
    local_authority_code,
    cohort_code,
    period_id,
    case when exclusion_code is null then 1 else 0 end as denominator_flag,
    case when exclusion_code is null and missing_code is null
        then cast(is_in_numerator as integer) end as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    exclusion_code,
    case when exclusion_code is null then missing_code end as missing_code,
    cast(null as date) as event_date,
    child_id,
    record_source as source_id,
    evidence,
    _file_sha256,
    _row_number
from judged
