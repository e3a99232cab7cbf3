with measures as (
    select * from {{ ref('score_change_measures') }}
),

years as (
    select
        period_id,
        period_start,
        period_end
    from {{ ref('periods') }}
    where period_type = 'year'
),

-- Of several plans of a child that ended in the year, the last.
plans_ended as (
    select
        'plan_ended' as event_code,
        cast(null as varchar) as service_area_code,
        'child' as subject_type,
        plans.child_id as subject_key,
        plans.child_id,
        cast(null as varchar) as participation_id,
        plans.local_authority_code,
        years.period_id,
        years.period_end,
        plans.plan_start_date as start_date,
        plans.plan_end_date as end_date,
        cast(null as varchar) as exclusion_code,
        plans.record_source,
        plans._file_sha256,
        plans._row_number
    from {{ ref('int_protection_plans') }} as plans
    inner join years on plans.plan_end_date between years.period_start and years.period_end
    where not coalesce(plans.is_other_authority_plan, false)
    qualify row_number() over (
        partition by plans.local_authority_code, plans.child_id, years.period_id
        order by plans.plan_end_date desc, plans.plan_start_date desc
    ) = 1
),

looked_after_in_year as (
    select distinct
        years.period_id,
        care.local_authority_code,
        care.child_id
    from {{ ref('int_care_periods') }} as care
    inner join years
        on care.period_start_date <= years.period_end
        and coalesce(care.period_end_date > years.period_start, true)
    where not care.is_short_breaks_only
),

-- Of several programmes that a parent completed in the year, the last.
programmes_completed as (
    select
        'programme_completed' as event_code,
        programmes.service_area_code,
        'person' as subject_type,
        programmes.person_key as subject_key,
        identities.child_id,
        programmes.participation_id,
        programmes.local_authority_code,
        years.period_id,
        years.period_end,
        programmes.start_date,
        programmes.end_date,
        case when looked_after_in_year.child_id is null then 'CHILD_NOT_LOOKED_AFTER' end
            as exclusion_code,
        'local' as record_source,
        programmes._file_sha256,
        programmes._row_number
    from {{ programme_places() }} as programmes
    inner join years on programmes.end_date between years.period_start and years.period_end
    left join {{ ref('int_identities') }} as identities
        on identities.record_source = 'local'
        and programmes.local_authority_code = identities.local_authority_code
        and programmes.child_key = identities.person_key
    left join looked_after_in_year
        on years.period_id = looked_after_in_year.period_id
        and programmes.local_authority_code = looked_after_in_year.local_authority_code
        and identities.child_id = looked_after_in_year.child_id
    where programmes.is_accredited
        and programmes.end_reason_code = 'completed'
        and programmes.person_key is not null
    qualify row_number() over (
        partition by
            programmes.local_authority_code, programmes.person_key, years.period_id,
            programmes.service_area_code
        order by
            looked_after_in_year.child_id is null asc,
            programmes.end_date desc,
            programmes.participation_id desc
    ) = 1
),

events as (
    select * from plans_ended
    union all
    select * from programmes_completed
),

subjects as (
    select
        measures.measure_code,
        measures.domain_code,
        measures.tool_code,
        measures.least_gain,
        measures.days_after_end,
        measures.is_later_after_end,
        events.event_code,
        events.subject_type,
        events.subject_key,
        events.child_id,
        events.participation_id,
        events.local_authority_code,
        events.period_id,
        events.period_end,
        events.start_date,
        events.end_date,
        events.exclusion_code,
        events.record_source,
        events._file_sha256,
        events._row_number
    from events
    inner join measures
        on events.event_code = measures.event_code
        and coalesce(measures.service_area_code = events.service_area_code, true)
),

scores as (
    select
        subjects.measure_code,
        subjects.local_authority_code,
        subjects.period_id,
        subjects.subject_key,
        subjects.least_gain,
        scored.measure_code as scale_code,
        scored.item_number,
        scored.score_date,
        scored.score,
        not subjects.is_later_after_end or scored.score_date >= subjects.end_date
            as may_be_later
    from subjects
    inner join {{ ref('int_progress_scores') }} as scored
        on subjects.local_authority_code = scored.local_authority_code
        and subjects.domain_code = scored.domain_code
        and subjects.tool_code = scored.tool_code
        and scored.is_used
        and scored.score is not null
        and (
            subjects.participation_id = scored.participation_id
            or (subjects.participation_id is null and subjects.child_id = scored.child_id)
        )
        and scored.score_date between subjects.start_date and subjects.period_end
        and coalesce(
            {{ days_between('subjects.end_date', 'scored.score_date') }}
            <= subjects.days_after_end,
            true
        )
),

first_scores as (
    select
        *,
        min(score_date) over (
            partition by
                measure_code, local_authority_code, period_id, subject_key, scale_code,
                item_number
        ) as baseline_date
    from scores
),

scales as (
    select
        measure_code,
        local_authority_code,
        period_id,
        subject_key,
        scale_code,
        item_number,
        max(least_gain) as least_gain,
        max_by(score, score_date) filter (where score_date = baseline_date) as baseline_score,
        max_by(score, score_date) filter (where score_date > baseline_date and may_be_later)
            as latest_score
    from first_scores
    group by
        measure_code, local_authority_code, period_id, subject_key, scale_code, item_number
),

-- Every scale that was scored again has to be better.
changed as (
    select
        measure_code,
        local_authority_code,
        period_id,
        subject_key,
        count(latest_score) as paired_count,
        bool_and(latest_score - baseline_score >= least_gain) as is_better,
        min(latest_score - baseline_score) as least_change,
        count(*) filter (where latest_score - baseline_score >= least_gain)
        - count(*) filter (where latest_score - baseline_score <= -least_gain) as net_change
    from scales
    group by measure_code, local_authority_code, period_id, subject_key
),

judged as (
    select
        subjects.*,
        case
            when subjects.exclusion_code is not null then subjects.exclusion_code
            when changed.subject_key is null then 'NO_BASELINE'
            when changed.paired_count = 0 then 'NO_LATER_SCORE'
        end as measure_exclusion_code,
        changed.is_better,
        changed.least_change,
        changed.net_change
    from subjects
    left join changed
        on subjects.measure_code = changed.measure_code
        and subjects.local_authority_code = changed.local_authority_code
        and subjects.period_id = changed.period_id
        and subjects.subject_key = changed.subject_key
)

select
    measure_code,
    subject_type,
    subject_key,
    '' as event_key,
    local_authority_code,
    event_code as cohort_code,
    period_id,
    case when measure_exclusion_code is null then 1 else 0 end as denominator_flag,
    case when measure_exclusion_code is null then cast(is_better as integer) end
        as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    measure_exclusion_code as exclusion_code,
    cast(null as varchar) as missing_code,
    end_date as event_date,
    child_id,
    record_source as source_id,
    'least change: ' || coalesce(cast(least_change as varchar), 'none') as evidence,
    _file_sha256,
    _row_number,
    case when measure_exclusion_code is null then cast(sign(net_change) as integer) end
        as change_on_baseline
from judged
