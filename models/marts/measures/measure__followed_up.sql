-- The days of index events that a year looks back to.
with windows as (
    select
        measures.*,
        length(measures.covered_by_extracts)
        - length(replace(measures.covered_by_extracts, ';', '')) + 1 as returns_asked_for,
        periods.period_id,
        periods.period_end,
        case
            when measures.index_ends_months_before is not null
                then {{ months_before_by('periods.period_start', 'measures.index_ends_months_before') }}
            else {{ day_after(years_before('earlier.calendar_date', 1)) }}
        end as index_from,
        case
            when measures.index_ends_months_before is not null
                then {{ months_before_by('periods.period_end', 'measures.index_ends_months_before') }}
            else earlier.calendar_date
        end as index_to
    from {{ ref('followed_up_measures') }} as measures
    inner join {{ ref('periods') }} as periods
        on periods.period_type = 'year'
    left join {{ ref('int_working_days') }} as ended
        on periods.period_end = ended.calendar_date
    left join {{ ref('int_working_days') }} as earlier
        on earlier.is_working_day
        and ended.working_day_number - measures.index_ends_working_days_before
        = earlier.working_day_number
),

events as (
    select
        parts.measure_code,
        parts.part,
        parts.after_kind,
        events.*
    from {{ ref('followed_up_events') }} as parts
    inner join {{ ref('int_case_events') }} as events
        on parts.event_kind = events.event_kind
        and coalesce({{ codes_shared('parts.event_codes', 'events.event_codes') }}, true)
        and not coalesce({{ codes_shared('parts.left_out_codes', 'events.event_codes') }}, false)
),

indexed as (
    select
        windows.*,
        events.event_kind,
        events.event_id,
        events.local_authority_code,
        events.child_id,
        events.event_date,
        events.record_source,
        events._file_sha256,
        events._row_number,
        {{ age_in_months_on('children.date_of_birth', 'events.event_date') }} as months_of_age
    from windows
    inner join events
        on windows.measure_code = events.measure_code
        and events.part = 'index'
        and events.event_date between windows.index_from and windows.index_to
    left join {{ ref('int_children') }} as children
        on events.local_authority_code = children.local_authority_code
        and events.child_id = children.child_id
    qualify not windows.is_first_per_child or row_number() over (
        partition by
            windows.measure_code, windows.period_id, events.local_authority_code, events.child_id
        order by events.event_date asc, events.event_kind asc, events.event_id asc
    ) = 1
),

followed as (
    select
        indexed.measure_code,
        indexed.period_id,
        indexed.local_authority_code,
        indexed.event_kind,
        indexed.event_id,
        min(later.event_date) filter (where later.part = 'return') as returned_date,
        min(later.event_date) filter (
            where later.part = 'leaving'
            and {{ days_between('indexed.event_date', 'later.event_date') }}
            < indexed.return_to_days
        ) as left_date
    from indexed
    inner join events as later
        on indexed.measure_code = later.measure_code
        and indexed.local_authority_code = later.local_authority_code
        and indexed.child_id = later.child_id
        and later.part <> 'index'
        and coalesce(later.after_kind = indexed.event_kind, true)
        and (not indexed.is_same_record or indexed.event_id = later.event_id)
        and coalesce(
            {{ days_between('indexed.event_date', 'later.event_date') }}
            between indexed.return_from_days and indexed.return_to_days,
            later.event_date <= indexed.period_end
        )
    group by
        indexed.measure_code, indexed.period_id, indexed.local_authority_code,
        indexed.event_kind, indexed.event_id
),

-- The returns that a measure asks for, found apart: a left join on lists goes through all pairs.
asked_for as (
    select
        asked.covered_by_extracts,
        runs.local_authority_code,
        runs.run_from,
        runs.run_to
    from (select distinct covered_by_extracts from windows) as asked
    inner join {{ ref('int_return_runs') }} as runs
        on {{ is_listed('asked.covered_by_extracts', 'runs.source_extract') }}
),

-- Index event and follow-up must lie in returns that are loaded, one after the other without a gap:
-- how many of the returns asked for hold the index event, and how many the days after it too.
held as (
    select
        indexed.measure_code,
        indexed.period_id,
        indexed.local_authority_code,
        indexed.event_kind,
        indexed.event_id,
        count(runs.run_from) as holding_event,
        count(runs.run_from) filter (
            where coalesce(
                {{ days_between('indexed.event_date', 'runs.run_to') }}
                >= indexed.return_to_days,
                runs.run_to >= indexed.period_end
            )
        ) as holding_follow_up
    from indexed
    left join asked_for as runs
        on indexed.local_authority_code = runs.local_authority_code
        and indexed.covered_by_extracts = runs.covered_by_extracts
        and indexed.event_date between runs.run_from and runs.run_to
    group by
        indexed.measure_code, indexed.period_id, indexed.local_authority_code,
        indexed.event_kind, indexed.event_id
),

judged as (
    select
        indexed.*,
        followed.returned_date,
        case
            when indexed.months_of_age is null
                and coalesce(indexed.age_months_from, indexed.age_months_under) is not null
                then 'AGE_NOT_KNOWN'
            when indexed.months_of_age < indexed.age_months_from
                or indexed.months_of_age >= indexed.age_months_under then 'AGE_OUT_OF_RANGE'
            when followed.left_date < {{ end_or_never('followed.returned_date') }}
                then 'LEFT_SOONER'
        end as exclusion_code,
        -- Whatever was found: finding only some would count only the positives.
        case
            when held.holding_event < indexed.returns_asked_for then 'EARLIER_RETURN_NOT_LOADED'
            when held.holding_follow_up < indexed.returns_asked_for then 'FOLLOW_UP_NOT_HELD'
        end as missing_reason
    from indexed
    inner join held
        on indexed.measure_code = held.measure_code
        and indexed.period_id = held.period_id
        and indexed.local_authority_code = held.local_authority_code
        and indexed.event_kind = held.event_kind
        and indexed.event_id = held.event_id
    left join followed
        on indexed.measure_code = followed.measure_code
        and indexed.period_id = followed.period_id
        and indexed.local_authority_code = followed.local_authority_code
        and indexed.event_kind = followed.event_kind
        and indexed.event_id = followed.event_id
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
        when exclusion_code is null and missing_reason is null
            then cast((returned_date is not null) = (counted_when = 'returned') as integer)
    end as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    exclusion_code,
    case when exclusion_code is null then missing_reason end as missing_code,
    event_date,
    child_id,
    record_source as source_id,
    event_kind || ', then: ' || coalesce(cast(returned_date as varchar), 'nothing held')
        as evidence,
    _file_sha256,
    _row_number
from judged
