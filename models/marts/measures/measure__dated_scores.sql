with measures as (
    select * from {{ ref('dated_score_measures') }}
),

years as (
    select
        period_id,
        period_start,
        period_end
    from {{ ref('periods') }}
    where period_type = 'year'
),

population as (
    select
        'looked_after' as population_code,
        period_id,
        local_authority_code,
        child_id,
        cohort_code,
        age_years,
        exclusion_code,
        record_source,
        _file_sha256,
        _row_number
    from {{ ref('looked_after_at_year_end') }}
    union all
    select
        'in_need_at_date' as population_code,
        period_id,
        local_authority_code,
        child_id,
        cohort_code,
        age_years,
        cast(null as varchar) as exclusion_code,
        record_source,
        _file_sha256,
        _row_number
    from {{ ref('in_need_at_year_end') }}
),

subjects as (
    select
        measures.measure_code,
        measures.assessment_type_code,
        measures.age_to,
        measures.left_out_stage,
        population.period_id,
        years.period_start,
        years.period_end,
        population.local_authority_code,
        population.child_id,
        population.cohort_code,
        population.age_years,
        population.exclusion_code,
        population.record_source,
        population._file_sha256,
        population._row_number
    from population
    inner join measures on population.population_code = measures.population_code
    inner join years on population.period_id = years.period_id
),

at_school as (
    select distinct
        subjects.measure_code,
        subjects.period_id,
        subjects.local_authority_code,
        subjects.child_id
    from subjects
    inner join {{ ref('int_enrolments') }} as enrolments
        on subjects.local_authority_code = enrolments.local_authority_code
        and subjects.child_id = enrolments.child_id
        and subjects.left_out_stage = enrolments.year_group_stage
        and {{ open_on('enrolments.entry_date', 'enrolments.leaving_date',
            'subjects.period_end') }}
),

assessed as (
    select distinct
        subjects.measure_code,
        subjects.period_id,
        subjects.local_authority_code,
        subjects.child_id
    from subjects
    inner join {{ ref('int_health_checks') }} as checks
        on checks.record_source = 'local'
        and checks.check_status_code = 'completed'
        and subjects.local_authority_code = checks.local_authority_code
        and subjects.child_id = checks.child_id
        and subjects.assessment_type_code = checks.check_type_code
        and checks.check_date between subjects.period_start and subjects.period_end
),

-- Against the threshold of the scale: the latest score of each area in the year.
areas as (
    select
        measures.measure_code,
        years.period_id,
        scores.local_authority_code,
        scores.child_id,
        scores.score * scales.better_when_higher
        > scales.concern_from * scales.better_when_higher as is_met
    from {{ ref('int_progress_scores') }} as scores
    inner join measures
        on scores.domain_code = measures.domain_code and measures.times_in_round is null
    inner join years on scores.score_date between years.period_start and years.period_end
    inner join {{ ref('int_followed_measures') }} as scales
        on scores.local_authority_code = scales.local_authority_code
        and scores.measure_code = scales.measure_code
    where scores.is_used and scores.score is not null
    qualify row_number() over (
        partition by
            measures.measure_code, years.period_id, scores.local_authority_code,
            scores.child_id, scores.measure_code
        order by scores.score_date desc
    ) = 1
),

-- Counts since the review before: what the plan agreed, and the reviews up to the date.
reviews as (
    select
        measures.measure_code,
        measures.times_in_round,
        measures.round_days,
        years.period_id,
        years.period_start,
        rows_of_scale.local_authority_code,
        rows_of_scale.child_id,
        rows_of_scale.measure_code as scale_code,
        rows_of_scale.item_number,
        rows_of_scale.review_type_code,
        rows_of_scale.review_date,
        rows_of_scale.score,
        rows_of_scale.target_score,
        max(case when rows_of_scale.review_type_code = 'baseline'
            then rows_of_scale.review_date end) over item as agreed_date,
        lag(rows_of_scale.review_date) over in_order as previous_date
    from {{ newest_records('local__progress_reviews',
        ['measure_code', 'item_number', 'review_date']) }} as rows_of_scale
    inner join {{ ref('int_followed_measures') }} as scales
        on rows_of_scale.local_authority_code = scales.local_authority_code
        and rows_of_scale.measure_code = scales.measure_code
    inner join measures
        on scales.domain_code = measures.domain_code and measures.times_in_round is not null
    inner join years on rows_of_scale.review_date <= years.period_end
    window
        item as (
            partition by
                measures.measure_code, years.period_id, rows_of_scale.local_authority_code,
                rows_of_scale.child_id, rows_of_scale.measure_code, rows_of_scale.item_number
        ),
        in_order as (
            partition by
                measures.measure_code, years.period_id, rows_of_scale.local_authority_code,
                rows_of_scale.child_id, rows_of_scale.measure_code, rows_of_scale.item_number
            order by rows_of_scale.review_date
        )
),

activities as (
    select
        measure_code,
        period_id,
        local_authority_code,
        child_id,
        scale_code,
        item_number,
        bool_or(review_type_code = 'closing' and review_date > agreed_date) as is_closed,
        max(times_in_round) as times_in_round,
        max(round_days) as round_days,
        max(target_score) filter (where review_date = agreed_date) as target_score,
        max_by(score, review_date) filter (
            where review_date > agreed_date and review_date >= period_start
        ) as latest_score,
        max_by({{ days_between('previous_date', 'review_date') }}, review_date) filter (
            where review_date > agreed_date and review_date >= period_start
        ) as days_counted
    from reviews
    where review_date >= agreed_date
    group by
        measure_code, period_id, local_authority_code, child_id, scale_code, item_number
),

-- A closed course names nothing any more; one without a review in the year shows nothing.
named as (
    select
        measure_code,
        period_id,
        local_authority_code,
        child_id,
        coalesce(
            latest_score >= days_counted * least(times_in_round, target_score) / round_days,
            false
        ) as is_met
    from activities
    where not is_closed
),

read as (
    select
        measure_code,
        period_id,
        local_authority_code,
        child_id,
        count(*) as item_count,
        count(*) filter (where is_met) as met_count,
        count(*) filter (where not is_met) as unmet_count,
        false as one_is_enough
    from areas
    group by measure_code, period_id, local_authority_code, child_id
    union all
    select
        measure_code,
        period_id,
        local_authority_code,
        child_id,
        count(*) as item_count,
        count(*) filter (where is_met) as met_count,
        count(*) filter (where not is_met) as unmet_count,
        true as one_is_enough
    from named
    group by measure_code, period_id, local_authority_code, child_id
),

judged as (
    select
        subjects.*,
        case
            when subjects.exclusion_code is not null then subjects.exclusion_code
            when subjects.age_years is null and subjects.age_to is not null
                then 'AGE_NOT_KNOWN'
            when subjects.age_years > subjects.age_to then 'AGE_OUT_OF_RANGE'
            when at_school.child_id is not null then 'IN_RECEPTION'
            when subjects.assessment_type_code is not null and assessed.child_id is null
                then 'NOT_ASSESSED'
            when subjects.assessment_type_code is null and read.child_id is null
                then 'NO_ACTIVITY_NAMED'
        end as measure_exclusion_code,
        -- An area whose scale has no threshold is not known unless another is not met.
        case
            when read.one_is_enough then read.met_count > 0
            when read.unmet_count > 0 then false
            when read.met_count = read.item_count then true
        end as is_in_numerator,
        coalesce(read.item_count, 0) as item_count,
        coalesce(read.met_count, 0) as met_count
    from subjects
    left join at_school
        on subjects.measure_code = at_school.measure_code
        and subjects.period_id = at_school.period_id
        and subjects.local_authority_code = at_school.local_authority_code
        and subjects.child_id = at_school.child_id
    left join assessed
        on subjects.measure_code = assessed.measure_code
        and subjects.period_id = assessed.period_id
        and subjects.local_authority_code = assessed.local_authority_code
        and subjects.child_id = assessed.child_id
    left join read
        on subjects.measure_code = read.measure_code
        and subjects.period_id = read.period_id
        and subjects.local_authority_code = read.local_authority_code
        and subjects.child_id = read.child_id
)

select
    measure_code,
    'child' as subject_type,
    child_id as subject_key,
    '' as event_key,
    local_authority_code,
    cohort_code,
    period_id,
    case when measure_exclusion_code is null then 1 else 0 end as denominator_flag,
    case when measure_exclusion_code is null then cast(is_in_numerator as integer) end
        as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    measure_exclusion_code as exclusion_code,
    case when measure_exclusion_code is null and is_in_numerator is null then 'NOT_RECORDED' end
        as missing_code,
    cast(null as date) as event_date,
    child_id,
    record_source as source_id,
    'met: ' || cast(met_count as varchar) || ' of ' || cast(item_count as varchar) as evidence,
    _file_sha256,
    _row_number
from judged
