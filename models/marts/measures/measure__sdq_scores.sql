with looked_after as (
    select
        periods.period_id as measured_period_id,
        periods.period_start,
        periods.reporting_year,
        snapshots.*
    from {{ ref('cohort_snapshots') }} as snapshots
    inner join {{ ref('periods') }} as periods
        on snapshots.period_end = periods.period_end and periods.period_type = 'year'
    where snapshots.cohort_code in ('in_care', 'short_breaks', 'in_care_aged_18_or_over')
),

begun as (
    select
        *,
        status_start_date > period_start as is_under_a_year,
        coalesce(is_status_start_held, true) as is_start_held
    from looked_after
),

eligible as (
    select
        *,
        case
            when cohort_code = 'short_breaks' then 'SHORT_BREAKS'
            -- On every day of the year: care that began on 1 April itself counts.
            when is_under_a_year and is_start_held then 'IN_CARE_UNDER_12_MONTHS'
            when age_years is null then 'AGE_NOT_KNOWN'
            when age_years not between 4 and 16 then 'AGE_OUT_OF_RANGE'
        end as exclusion_code,
        is_under_a_year and not is_start_held as may_be_under_a_year
    from begun
)

select
    'sdq_total_score' as measure_code,
    'child' as subject_type,
    eligible.child_id as subject_key,
    '' as event_key,
    eligible.local_authority_code,
    eligible.cohort_code,
    eligible.measured_period_id as period_id,
    case when eligible.exclusion_code is null then 1 else 0 end as denominator_flag,
    cast(null as integer) as numerator_flag,
    case
        when eligible.exclusion_code is null and not eligible.may_be_under_a_year
            then cast(scores.sdq_total_score as double)
    end as value,
    cast(null as double) as exposure,
    eligible.exclusion_code,
    case
        when eligible.exclusion_code is not null then null
        when eligible.may_be_under_a_year then 'CARE_START_NOT_HELD'
        when scores.sdq_total_score is null
            then coalesce(scores.no_score_reason_code, 'NOT_RECORDED')
    end as missing_code,
    cast(null as date) as event_date,
    eligible.child_id,
    eligible.record_source as source_id,
    'SDQ total score: ' || coalesce(cast(scores.sdq_total_score as varchar), 'none') as evidence,
    coalesce(scores._file_sha256, eligible._file_sha256) as _file_sha256,
    coalesce(scores._row_number, eligible._row_number) as _row_number
from eligible
left join {{ ref('int_sdq_scores') }} as scores
    on scores.record_source = 'ssda903'
    and eligible.local_authority_code = scores.local_authority_code
    and eligible.child_id = scores.child_id
    and eligible.reporting_year = scores.return_year
