with periods as (
    select period_id, period_type, period_start, period_end, next_period_start
    from {{ ref('periods') }}
    where period_type in ('quarter', 'year')
        and period_end <= cast('{{ var("as_at_date") }}' as date)
),

scores as (
    select
        scored.*,
        measures.minimum_gap_days,
        measures.follow_up_window_months,
        measures.episode_kind,
        -- What ends help is no start of it.
        coalesce(scored.review_type_code not in ('closing', 'follow_up'), true)
            as may_be_baseline
    from {{ ref('int_progress_scores') }} as scored
    inner join {{ ref('int_followed_measures') }} as measures
        on scored.local_authority_code = measures.local_authority_code
        and scored.measure_code = measures.measure_code
    where measures.class_rule <> 'none'
        -- Rows without a usable score still say that somebody was to be scored.
        and coalesce(scored.left_out_code, '') not in ('no_open_case', 'in_the_future')
),

courses as (
    select
        local_authority_code,
        child_id,
        measure_code,
        item_number,
        informant_code,
        course_group,
        course_id,
        minimum_gap_days,
        follow_up_window_months,
        episode_kind,
        min(course_start_date) as course_start_date,
        max(score_date) as last_row_date,
        -- The first baseline stays the baseline, however many periods are looked at.
        min(score_date) filter (where is_used and may_be_baseline) as baseline_date,
        min_by(score, score_date) filter (where is_used and may_be_baseline) as baseline_score,
        min_by(intended_direction_code, score_date)
            filter (where intended_direction_code is not null) as intended_direction_code,
        case when count(*) = count(course_end_date) then max(course_end_date) end
            as course_end_date
    from scores
    group by
        local_authority_code, child_id, measure_code, item_number, informant_code,
        course_group, course_id, minimum_gap_days, follow_up_window_months, episode_kind
),

looked_at as (
    select
        courses.*,
        periods.period_id,
        periods.period_type,
        periods.period_start,
        periods.period_end,
        {{ months_before_by('periods.next_period_start', 'courses.follow_up_window_months') }}
            as window_start
    from courses
    inner join periods on courses.course_start_date <= periods.period_end
),

-- Begun in the window, scored in it, or open in it for as long as a follow-up takes; what comes by
-- the term or the year is due of those with an open case at its end.
in_scope as (
    select
        *,
        course_start_date >= window_start as is_begun_in_window,
        coalesce(
            case
                when episode_kind = 'course'
                    then {{ days_between('window_start', 'course_end_date') }} >= minimum_gap_days
                else course_end_date > period_end
            end,
            true
        ) as is_open_long_enough
    from looked_at
),

followed as (
    select
        in_scope.local_authority_code,
        in_scope.child_id,
        in_scope.measure_code,
        in_scope.item_number,
        in_scope.informant_code,
        in_scope.course_id,
        in_scope.period_id,
        count(*) as row_count,
        max(scores.score_date) filter (
            where scores.is_used
            and {{ days_between('in_scope.baseline_date', 'scores.score_date') }}
            >= in_scope.minimum_gap_days
        ) as due_date,
        max(scores.score_date) filter (
            where scores.is_used and scores.score_date > in_scope.baseline_date
        ) as any_date,
        count(*) filter (where not scores.is_used) as left_out_count
    from in_scope
    inner join scores
        on in_scope.local_authority_code = scores.local_authority_code
        and in_scope.child_id = scores.child_id
        and in_scope.measure_code = scores.measure_code
        and in_scope.item_number = scores.item_number
        and in_scope.informant_code = scores.informant_code
        and in_scope.course_id = scores.course_id
        and scores.score_date between in_scope.window_start and in_scope.period_end
    group by
        in_scope.local_authority_code, in_scope.child_id, in_scope.measure_code,
        in_scope.item_number, in_scope.informant_code, in_scope.course_id, in_scope.period_id
),

paired as (
    select
        in_scope.*,
        -- A baseline that comes after the period is none yet.
        in_scope.baseline_date <= in_scope.period_end as is_baseline_held,
        coalesce(followed.due_date, followed.any_date) as latest_date,
        followed.due_date is not null as is_paired,
        coalesce(followed.row_count, 0) as row_count,
        coalesce(followed.left_out_count, 0) as left_out_count
    from in_scope
    left join followed
        on in_scope.local_authority_code = followed.local_authority_code
        and in_scope.child_id = followed.child_id
        and in_scope.measure_code = followed.measure_code
        and in_scope.item_number = followed.item_number
        and in_scope.informant_code = followed.informant_code
        and in_scope.course_id = followed.course_id
        and in_scope.period_id = followed.period_id
)

select
    paired.local_authority_code,
    paired.period_id,
    paired.period_type,
    paired.period_start,
    paired.period_end,
    paired.child_id,
    paired.measure_code,
    paired.item_number,
    paired.informant_code,
    paired.course_group,
    paired.course_id,
    paired.course_start_date,
    paired.course_end_date,
    case when paired.is_baseline_held then paired.baseline_date end as baseline_date,
    case when paired.is_baseline_held then paired.baseline_score end as baseline_score,
    paired.latest_date,
    latest.score as latest_score,
    {{ days_between('paired.baseline_date', 'paired.latest_date') }} as days_between,
    paired.is_paired,
    paired.is_paired
    or (
        paired.is_begun_in_window
        and {{ days_between('paired.course_start_date', 'paired.period_end') }}
        >= paired.minimum_gap_days
        and (paired.episode_kind = 'course' or paired.is_open_long_enough)
    )
    or (
        not paired.is_begun_in_window
        and (paired.is_open_long_enough or paired.row_count > 0)
    ) as is_due,
    paired.intended_direction_code,
    paired.left_out_count,
    newest.participation_id,
    newest.service_code,
    newest.worker_id,
    newest.record_source,
    newest._file_sha256,
    newest._row_number
from paired
left join scores as latest
    on paired.local_authority_code = latest.local_authority_code
    and paired.child_id = latest.child_id
    and paired.measure_code = latest.measure_code
    and paired.item_number = latest.item_number
    and paired.informant_code = latest.informant_code
    and paired.course_id = latest.course_id
    and paired.latest_date = latest.score_date
    and latest.is_used
-- Where the course is read from: its latest row of the period, else its first.
left join scores as newest
    on paired.local_authority_code = newest.local_authority_code
    and paired.child_id = newest.child_id
    and paired.measure_code = newest.measure_code
    and paired.item_number = newest.item_number
    and paired.informant_code = newest.informant_code
    and paired.course_id = newest.course_id
    and newest.score_date <= paired.period_end
where
    paired.is_begun_in_window or paired.is_open_long_enough or paired.row_count > 0
qualify row_number() over (
    partition by paired.local_authority_code, paired.child_id, paired.measure_code,
        paired.item_number, paired.informant_code, paired.course_id, paired.period_id
    order by newest.is_used desc, newest.score_date desc, newest._file_sha256 asc,
        newest._row_number desc
) = 1
