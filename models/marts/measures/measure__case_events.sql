with told as (
    select
        measures.*,
        events.event_id,
        events.local_authority_code,
        events.child_id,
        events.event_date,
        events.event_codes,
        events.days_taken,
        events.has_reversed_dates,
        events.record_source,
        events._file_sha256,
        events._row_number,
        {{ age_on('children.date_of_birth', 'events.event_date') }} as age_years,
        case
            when measures.counted_within_days is not null
                then events.days_taken <= measures.counted_within_days
            when measures.counted_codes is null
                or {{ codes_shared('measures.counted_codes', 'events.event_codes') }} then true
            when not coalesce(
                {{ codes_shared('measures.not_known_codes', 'events.event_codes') }}, false
            ) then false
        end as is_counted,
        coalesce(
            {{ codes_shared('measures.left_out_codes', 'events.event_codes') }}, false
        ) as is_left_out,
        measures.counted_within_days is not null or measures.counted_as = 'days' as is_timed
    from {{ ref('int_case_events') }} as events
    inner join {{ ref('event_measures') }} as measures
        on events.event_kind = measures.event_kind
    left join {{ ref('int_children') }} as children
        on events.local_authority_code = children.local_authority_code
        and events.child_id = children.child_id
),

-- A rate is of the events of a year that count; a share has the others too.
in_period as (
    select
        told.*,
        periods.period_id
    from told
    inner join {{ ref('periods') }} as periods
        on told.event_date between periods.period_start and periods.period_end
    where told.counted_as <> 'event' or (told.is_counted and periods.period_type = 'year')
    qualify told.once_per_child is null or row_number() over (
        partition by
            told.measure_code, told.local_authority_code, told.child_id, periods.period_id
        order by
            case when told.once_per_child = 'first' then told.event_date end asc nulls last,
            told.event_date desc, told.event_id asc
    ) = 1
),

judged as (
    select
        *,
        case
            when is_left_out and event_codes = 'not_recorded' then 'NOT_RECORDED'
            when is_left_out then 'KIND_LEFT_OUT'
            when age_to is not null and age_years is null then 'AGE_NOT_KNOWN'
            when age_years > age_to then 'AGE_OUT_OF_RANGE'
        end as exclusion_code,
        case
            when is_timed and has_reversed_dates then 'DATES_REVERSED'
            when is_timed and days_taken is null then 'DATES_NOT_HELD'
            when is_counted is null then 'NOT_RECORDED'
        end as missing_reason
    from in_period
)

select
    measure_code,
    'child' as subject_type,
    child_id as subject_key,
    event_id as event_key,
    local_authority_code,
    event_kind as cohort_code,
    period_id,
    case when exclusion_code is null then 1 else 0 end as denominator_flag,
    case
        when exclusion_code is null and missing_reason is null and counted_as <> 'days'
            then cast(is_counted as integer)
    end as numerator_flag,
    case when exclusion_code is null and counted_as = 'days' then cast(days_taken as double) end
        as value,
    case when counted_as = 'event' then cast(0 as double) end as exposure,
    exclusion_code,
    case when exclusion_code is null then missing_reason end as missing_code,
    event_date,
    child_id,
    record_source as source_id,
    case
        when is_timed then 'days taken: ' || coalesce(cast(days_taken as varchar), 'not known')
        else 'recorded: ' || event_codes
    end as evidence,
    _file_sha256,
    _row_number
from judged
