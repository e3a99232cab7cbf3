-- key: period_id, child_id, measure_code
-- where: period_start >= getvariable('returned_from') and measure_code in ('confidence_five', 'family_five', 'family_settled_five', 'feelings_five', 'high_risk_five', 'resilience_five', 'sdq_parent_carer')
-- What is scored at a place on a programme: the course is the place, so that the lives say when it
-- began and ended. Each of these measures has one item and one informant.
with scores as (
    select
        pseudonym('person', reviews.person_id) as child_id,
        reviews.measure_code,
        reviews.participation_id,
        reviews.review_date,
        reviews.review_type_code,
        reviews.score,
        -- Out of the ages that the scale is for, a score says only that there was a course.
        coalesce(
            date_sub('month', children.date_of_birth, reviews.review_date) between
            coalesce(measures.minimum_age_months, 0)
            and coalesce(measures.maximum_age_months, 9999),
            true
        ) as is_used
    from world.progress_reviews as reviews
    inner join world.progress_measures as measures
        on reviews.local_authority_code = measures.local_authority_code
        and reviews.measure_code = measures.measure_code
    left join world.children
        on reviews.local_authority_code = children.local_authority_code
        and reviews.person_id = children.person_id
    where reviews.local_authority_code = getvariable('authority')
        and reviews.review_date <= getvariable('as_known_on')
        and reviews.participation_id is not null
        and reviews.measure_code in (
            'confidence_five', 'family_five', 'family_settled_five', 'feelings_five',
            'high_risk_five', 'resilience_five', 'sdq_parent_carer'
        )
),

courses as (
    select
        scores.child_id,
        scores.measure_code,
        scores.participation_id,
        min(scores.review_date) as course_start_date,
        known(any_value(places.end_date)) as course_end_date,
        -- What closes a course is no start of it.
        min(scores.review_date) filter (
            where scores.is_used and scores.review_type_code <> 'closing'
        ) as baseline_date,
        arg_min(scores.score, scores.review_date)
            filter (where scores.is_used and scores.review_type_code <> 'closing') as baseline_score
    from scores
    inner join world.programme_participation as places
        on scores.participation_id = places.participation_id
    group by all
),

-- A year back from the end of each quarter and year.
looked_at as (
    select
        courses.*,
        periods.period_id,
        periods.next_period_start - 1 as period_end,
        cast(periods.next_period_start - interval 1 year as date) as window_start
    from courses
    inner join counts.periods as periods
        on periods.period_type in ('quarter', 'year')
        and courses.course_start_date < periods.next_period_start
),

followed as (
    select
        looked_at.*,
        count(scores.review_date) as score_count,
        max(scores.review_date) filter (
            where scores.is_used and scores.review_date > looked_at.baseline_date
        ) as any_date,
        arg_max(scores.score, scores.review_date)
            filter (where scores.is_used and scores.review_date > looked_at.baseline_date)
            as any_score,
        max(scores.review_date) filter (
            where scores.is_used and scores.review_date >= looked_at.baseline_date + 90
        ) as far_date,
        arg_max(scores.score, scores.review_date)
            filter (where scores.is_used and scores.review_date >= looked_at.baseline_date + 90)
            as far_score
    from looked_at
    left join scores
        on looked_at.child_id = scores.child_id
        and looked_at.measure_code = scores.measure_code
        and looked_at.participation_id = scores.participation_id
        and scores.review_date between looked_at.window_start and looked_at.period_end
    group by all
),

-- A follow-up is due of whoever has had one, of a course begun ninety days before the end, and of
-- an older one that was open for ninety days of the year or scored in it.
judged as (
    select
        *,
        case
            when far_date is not null then true
            when course_start_date >= window_start then course_start_date + 90 <= period_end
            else true
        end as is_due
    from followed
    where course_start_date >= window_start
        or course_end_date is null
        or course_end_date >= window_start + 90
        or score_count > 0
    -- The course begun last.
    qualify row_number() over (
        partition by child_id, measure_code, period_id
        order by course_start_date desc, participation_id desc
    ) = 1
),

moved as (
    select
        *,
        far_score - baseline_score as moved_by,
        -- The reliable change of the parent's or carer's form: 1.96 * 5.8 * sqrt(2 * (1 - 0.82)).
        abs(far_score - baseline_score) > 1.96 * 5.8 * sqrt(0.36) as is_reliable
    from judged
)

select
    child_id,
    measure_code,
    period_id,
    if(baseline_date <= period_end, baseline_date, null) as baseline_date,
    coalesce(far_date, any_date) as latest_date,
    is_due,
    case
        when not is_due then 'TOO_SOON'
        when far_date is null then case
            when baseline_date is null or baseline_date > period_end then 'NO_BASELINE'
            when any_date is not null then 'TOO_SOON'
            else 'NOT_KNOWN'
        end
        when measure_code <> 'sdq_parent_carer' then case sign(moved_by)
            when 1 then 'BETTER'
            when -1 then 'WORSE'
            else 'SAME'
        end
        when is_reliable and moved_by < 0 then
            if(baseline_score >= 17 and far_score < 17, 'RECOVERED', 'IMPROVED')
        when is_reliable then 'WORSE'
        when baseline_score <= 13 and far_score <= 13 then 'MAINTAINED_GOOD'
        else 'NO_RELIABLE_CHANGE'
    end as change_class
from moved
