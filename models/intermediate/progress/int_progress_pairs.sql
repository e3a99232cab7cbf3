with periods as (
    select period_id, period_type, period_start, period_end, next_period_start
    from {{ ref('periods') }}
    where period_type in ('quarter', 'year')
        and period_end <= {{ as_at_date() }}
),

scores as (
    select
        scored.*,
        measures.minimum_gap_days,
        measures.follow_up_window_months,
        measures.episode_kind,
        -- What ends help is no start of it.
        coalesce(scored.review_type_code not in ('closing', 'follow_up'), true)
            as may_be_baseline,
        -- A number for the series, so that its six names are compared once.
        dense_rank() over (
            order by scored.local_authority_code, scored.child_id, scored.measure_code,
                scored.item_number, scored.informant_code, scored.course_id
        ) as series_number,
        -- Where a series is read from: its latest used row, else its latest.
        row_number() over (
            order by case when scored.is_used then 1 else 0 end asc, scored.score_date asc,
                scored._file_sha256 desc, scored._row_number asc
        ) as row_rank
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
        series_number,
        {%- for column in ['local_authority_code', 'child_id', 'measure_code', 'item_number',
            'informant_code', 'course_group', 'course_id', 'minimum_gap_days',
            'follow_up_window_months', 'episode_kind', 'course_start_date'] %}
        min({{ column }}) as {{ column }},
        {%- endfor %}
        max(score_date) as last_row_date,
        -- The first baseline stays the baseline, however many periods are looked at.
        min(score_date) filter (where is_used and may_be_baseline) as baseline_date,
        min_by(score, score_date) filter (where is_used and may_be_baseline) as baseline_score,
        min_by(intended_direction_code, score_date)
            filter (where intended_direction_code is not null) as intended_direction_code,
        case when count(*) = count(course_end_date) then max(course_end_date) end
            as course_end_date
    from scores
    group by series_number
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
judged as (
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

in_scope as (
    select * from judged
    where is_begun_in_window or is_open_long_enough or last_row_date >= window_start
),

followed as (
    select
        in_scope.series_number,
        in_scope.period_id,
        {%- set in_window = 'scores.score_date >= in_scope.window_start' %}
        {%- set is_later = 'scores.is_used and scores.score_date > in_scope.baseline_date and '
            ~ in_window %}
        {%- set is_far_enough = is_later ~ ' and '
            ~ days_between('in_scope.baseline_date', 'scores.score_date')
            ~ ' >= in_scope.minimum_gap_days' %}
        count(*) filter (where {{ in_window }}) as row_count,
        count(*) filter (where {{ in_window }} and not scores.is_used) as left_out_count,
        max(scores.score_date) filter (where {{ is_far_enough }}) as due_date,
        max_by(scores.score, scores.score_date) filter (where {{ is_far_enough }}) as due_score,
        max(scores.score_date) filter (where {{ is_later }}) as any_date,
        max_by(scores.score, scores.score_date) filter (where {{ is_later }}) as any_score,
        max(scores.row_rank) as row_rank
    from in_scope
    inner join scores
        on in_scope.series_number = scores.series_number
        and scores.score_date <= in_scope.period_end
    group by in_scope.series_number, in_scope.period_id
)

select
    in_scope.local_authority_code,
    in_scope.period_id,
    in_scope.period_type,
    in_scope.period_start,
    in_scope.period_end,
    in_scope.child_id,
    in_scope.measure_code,
    in_scope.item_number,
    in_scope.informant_code,
    in_scope.course_group,
    in_scope.course_id,
    in_scope.course_start_date,
    in_scope.course_end_date,
    -- A baseline that comes after the period is none yet.
    case when in_scope.baseline_date <= in_scope.period_end then in_scope.baseline_date end
        as baseline_date,
    case when in_scope.baseline_date <= in_scope.period_end then in_scope.baseline_score end
        as baseline_score,
    coalesce(followed.due_date, followed.any_date) as latest_date,
    case when followed.due_date is not null then followed.due_score else followed.any_score end
        as latest_score,
    {{ days_between('in_scope.baseline_date', 'coalesce(followed.due_date, followed.any_date)') }}
        as days_between,
    followed.due_date is not null as is_paired,
    followed.due_date is not null
    or (
        in_scope.is_begun_in_window
        and {{ days_between('in_scope.course_start_date', 'in_scope.period_end') }}
        >= in_scope.minimum_gap_days
        and (in_scope.episode_kind = 'course' or in_scope.is_open_long_enough)
    )
    or (
        not in_scope.is_begun_in_window
        and (in_scope.is_open_long_enough or followed.row_count > 0)
    ) as is_due,
    in_scope.intended_direction_code,
    followed.left_out_count,
    newest.participation_id,
    newest.service_code,
    newest.worker_id,
    newest.record_source,
    newest._file_sha256,
    newest._row_number
from in_scope
-- Every course has its first row by the end of a period that it began in.
inner join followed
    on in_scope.series_number = followed.series_number
    and in_scope.period_id = followed.period_id
inner join scores as newest on followed.row_rank = newest.row_rank
where in_scope.is_begun_in_window or in_scope.is_open_long_enough or followed.row_count > 0
