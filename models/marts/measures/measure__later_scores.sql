with rules as (
    select * from {{ ref('later_score_indicators') }}
),

years as (
    select * from {{ ref('periods') }}
    where period_type = 'year'
),

-- A score outside an open case is one all the same: the population of the measure decides.
scores as (
    select
        scored.*,
        case when scored.score >= measures.borderline_from then 1 else 0 end
        + case when scored.score >= measures.concern_from then 1 else 0 end as band
    from {{ ref('int_progress_scores') }} as scored
    inner join {{ ref('int_followed_measures') }} as measures
        on scored.local_authority_code = measures.local_authority_code
        and scored.measure_code = measures.measure_code
    where scored.score is not null
        and coalesce(scored.left_out_code, 'no_open_case') = 'no_open_case'
),

later as (
    select
        rules.measure_code as indicator_measure_code,
        rules.population_code,
        rules.least_days,
        rules.best_days,
        rules.most_days,
        rules.baseline_from,
        rules.baseline_below,
        rules.counts_when,
        rules.level_from,
        rules.least_gain,
        years.period_id,
        years.period_end,
        scores.*
    from rules
    inner join scores
        on rules.score_measure_code = scores.measure_code
        and rules.item_number = scores.item_number
    inner join years on scores.score_date between years.period_start and years.period_end
    qualify row_number() over (
        partition by
            rules.measure_code, years.period_id, scores.local_authority_code, scores.child_id
        order by scores.score_date desc, scores._file_sha256 asc, scores._row_number asc
    ) = 1
),

-- Found apart, by equal keys: a left join on days as well goes through all pairs.
earlier_scores as (
    select
        later.indicator_measure_code,
        later.period_id,
        later.local_authority_code,
        later.child_id,
        earlier.score,
        earlier.band
    from later
    inner join scores as earlier
        on later.local_authority_code = earlier.local_authority_code
        and later.child_id = earlier.child_id
        and later.measure_code = earlier.measure_code
        and later.item_number = earlier.item_number
        and {{ days_between('earlier.score_date', 'later.score_date') }}
        between later.least_days and later.most_days
    qualify row_number() over (
        partition by
            later.indicator_measure_code, later.period_id, later.local_authority_code,
            later.child_id
        order by
            abs(
                {{ days_between('earlier.score_date', 'later.score_date') }} - later.best_days
            ) asc,
            earlier.score_date desc,
            earlier._file_sha256 asc,
            earlier._row_number asc
    ) = 1
),

paired as (
    select
        later.*,
        earlier_scores.score as earlier_score,
        earlier_scores.band as earlier_band
    from later
    left join earlier_scores
        on later.indicator_measure_code = earlier_scores.indicator_measure_code
        and later.period_id = earlier_scores.period_id
        and later.local_authority_code = earlier_scores.local_authority_code
        and later.child_id = earlier_scores.child_id
),

in_need as (
    select distinct
        period_end,
        local_authority_code,
        child_id
    from {{ ref('cohort_snapshots') }}
    where cohort_code in ('child_in_need', 'protection_plan', 'in_care')
),

judged as (
    select
        paired.*,
        case
            when paired.population_code = 'in_need_at_date' and in_need.child_id is null
                then 'NOT_IN_NEED_AT_DATE'
            when paired.earlier_score is null then 'NO_EARLIER_SCORE'
            when paired.earlier_score < paired.baseline_from
                or paired.earlier_score >= paired.baseline_below
                then 'EARLIER_SCORE_OUT_OF_RANGE'
        end as exclusion_code,
        case
            when paired.counts_when = 'lower_band' then paired.band < paired.earlier_band
            else paired.score >= paired.level_from
                or coalesce(
                    paired.score - paired.earlier_score >= paired.least_gain, false
                )
        end as is_in_numerator,
        case
            when paired.counts_when = 'lower_band' then sign(paired.earlier_band - paired.band)
            when abs(paired.score - paired.earlier_score) < paired.least_gain then 0
            else sign(paired.score - paired.earlier_score)
        end as change_on_baseline
    from paired
    left join in_need
        on paired.local_authority_code = in_need.local_authority_code
        and paired.child_id = in_need.child_id
        and paired.period_end = in_need.period_end
)

select
    indicator_measure_code as measure_code,
    'child' as subject_type,
    child_id as subject_key,
    '' as event_key,
    local_authority_code,
    population_code as cohort_code,
    period_id,
    case when exclusion_code is null then 1 else 0 end as denominator_flag,
    case when exclusion_code is null then cast(is_in_numerator as integer) end
        as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    exclusion_code,
    cast(null as varchar) as missing_code,
    cast(null as date) as event_date,
    child_id,
    record_source as source_id,
    'earlier score: ' || coalesce(cast(earlier_score as varchar), 'none')
    || ', later: ' || cast(score as varchar) as evidence,
    _file_sha256,
    _row_number,
    case when exclusion_code is null then cast(change_on_baseline as integer) end
        as change_on_baseline
from judged
