-- Care on any day of the year; short breaks apart.
with days_in_care as (
    select
        periods.period_id,
        periods.period_start,
        periods.period_end,
        care.*,
        {{ age_on(
            'children.date_of_birth', 'greatest(care.period_start_date, periods.period_start)'
        ) }} as age_years
    from {{ ref('int_care_periods') }} as care
    inner join {{ ref('periods') }} as periods
        on periods.period_type = 'year'
        and care.period_start_date <= periods.period_end
        and (care.period_end_date is null or care.period_end_date > periods.period_start)
    left join {{ ref('int_children') }} as children
        on care.local_authority_code = children.local_authority_code
        and care.child_id = children.child_id
),

-- A child is one row, by the first care of the year that makes it one of those looked after.
looked_after as (
    select
        *,
        case
            when is_short_breaks_only then 'SHORT_BREAKS'
            when age_years >= 18 then 'AGED_18_OR_OVER'
        end as exclusion_code
    from days_in_care
    qualify row_number() over (
        partition by period_id, local_authority_code, child_id
        order by
            case when exclusion_code is null then 0 else 1 end asc,
            is_short_breaks_only asc, period_start_date asc
    ) = 1
),

-- Missing from care: the spell began while the child was looked after.
spells as (
    select
        missing.local_authority_code,
        missing.child_id,
        missing.missing_type_code,
        missing.missing_start_date,
        missing.missing_end_date,
        missing.has_reversed_dates,
        -- Whole days, to the day the figures know of where it goes on. With both times it is the
        -- hours that count; with days alone the next day counts as one.
        {{ days_between(
            'missing.missing_start_date',
            'coalesce(missing.missing_end_date, ' ~ as_at_date() ~ ')'
        ) }}
        - case
            when
                hour(missing.missing_ended_at) * 60 + minute(missing.missing_ended_at)
                < hour(missing.missing_started_at) * 60 + minute(missing.missing_started_at)
                then 1
            else 0
        end as whole_days
    from {{ ref('int_missing_episodes') }} as missing
    inner join {{ ref('int_care_periods') }} as care
        on missing.local_authority_code = care.local_authority_code
        and missing.child_id = care.child_id
        and not care.is_short_breaks_only
        and {{ open_on('care.period_start_date', 'care.period_end_date',
            'missing.missing_start_date') }}
),

gone as (
    select
        measures.measure_code,
        looked_after.period_id,
        looked_after.local_authority_code,
        looked_after.child_id,
        looked_after.exclusion_code,
        looked_after.record_source,
        looked_after._file_sha256,
        looked_after._row_number,
        count(spells.missing_start_date) as spell_count,
        count(spells.missing_start_date) filter (
            where measures.least_days is null
            or (not spells.has_reversed_dates and spells.whole_days >= measures.least_days)
        ) as counted_count,
        count(spells.missing_start_date) filter (
            where measures.least_days is not null and spells.has_reversed_dates
        ) as reversed_count
    from looked_after
    cross join {{ ref('missing_measures') }} as measures
    left join spells
        on looked_after.local_authority_code = spells.local_authority_code
        and looked_after.child_id = spells.child_id
        and {{ is_listed('measures.missing_type_codes', 'spells.missing_type_code') }}
        and (
            spells.missing_start_date between looked_after.period_start and looked_after.period_end
            or (
                measures.counts_open_on_first_day
                and {{ open_on('spells.missing_start_date', 'spells.missing_end_date',
                    'looked_after.period_start') }}
            )
        )
    group by
        measures.measure_code, looked_after.period_id, looked_after.local_authority_code,
        looked_after.child_id, looked_after.exclusion_code, looked_after.record_source,
        looked_after._file_sha256, looked_after._row_number
),

judged as (
    select
        *,
        case
            when counted_count = 0 and reversed_count > 0 then 'DATES_REVERSED'
        end as missing_reason
    from gone
)

select
    measure_code,
    'child' as subject_type,
    child_id as subject_key,
    '' as event_key,
    local_authority_code,
    'looked_after_in_year' as cohort_code,
    period_id,
    case when exclusion_code is null then 1 else 0 end as denominator_flag,
    case
        when exclusion_code is null and missing_reason is null
            then cast(counted_count > 0 as integer)
    end as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    exclusion_code,
    case when exclusion_code is null then missing_reason end as missing_code,
    cast(null as date) as event_date,
    child_id,
    record_source as source_id,
    'missing spells: ' || cast(spell_count as varchar) || ', of them counted: '
    || cast(counted_count as varchar) as evidence,
    _file_sha256,
    _row_number
from judged
