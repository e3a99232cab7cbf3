with parameters as (
    select {{ parameter_columns(['reliable_change_z', 'points_in_a_stage']) }}
    from {{ ref('method_parameters') }}
),

measures as (
    select * from {{ ref('int_followed_measures') }}
),

-- ---- one course of help and one informant for each child, measure and period ----
-- A number for the child, measure and period, so that their names are compared once.
pairs as (
    select
        *,
        dense_rank() over (
            order by local_authority_code, child_id, measure_code, period_id
        ) as progress_number
    from {{ ref('int_progress_pairs') }}
),

-- The help begun last; a child in two programmes counts under the one begun last.
current_groups as (
    select
        progress_number,
        course_group,
        max(course_start_date) as group_start_date
    from pairs
    group by progress_number, course_group
    qualify row_number() over (
        partition by progress_number order by group_start_date desc, course_group desc
    ) = 1
),

-- Of several informants the one who scored a pair, else the one who scored first: whether a pair
-- is there decides, never what it says.
current_informants as (
    select
        pairs.progress_number,
        pairs.course_group,
        pairs.informant_code,
        count(*) over (partition by pairs.progress_number) as informant_count,
        max(case when pairs.is_paired then 1 else 0 end) as any_paired,
        min(pairs.baseline_date) as first_baseline_date
    from pairs
    inner join current_groups
        on pairs.progress_number = current_groups.progress_number
        and pairs.course_group = current_groups.course_group
    group by pairs.progress_number, pairs.course_group, pairs.informant_code
    qualify row_number() over (
        partition by pairs.progress_number
        order by
            any_paired desc,
            first_baseline_date asc nulls last,
            pairs.informant_code asc
    ) = 1
),

-- The run of each item begun last.
items as (
    select
        pairs.*,
        current_informants.informant_count,
        measures.domain_code,
        measures.tool_code,
        measures.class_rule,
        measures.pairing_rule,
        measures.better_when_higher,
        measures.improvement_points,
        measures.standard_deviation,
        measures.reliability,
        measures.retest_reliability,
        measures.borderline_from,
        measures.concern_from,
        measures.slightly_raised_from,
        measures.high_from,
        measures.very_high_from,
        measures.minimum_gap_days,
        measures.safety_domain_code,
        parameters.reliable_change_z,
        parameters.parameter_version,
        case
            when not pairs.is_paired then null
            when measures.class_rule = 'stages'
                then {{ stage_of('pairs.latest_score', 'parameters.points_in_a_stage') }}
                    - {{ stage_of('pairs.baseline_score', 'parameters.points_in_a_stage') }}
            else pairs.latest_score - pairs.baseline_score
        end as score_change
    from pairs
    inner join current_informants
        on pairs.progress_number = current_informants.progress_number
        and pairs.course_group = current_informants.course_group
        and pairs.informant_code = current_informants.informant_code
    inner join measures
        on pairs.local_authority_code = measures.local_authority_code
        and pairs.measure_code = measures.measure_code
    cross join parameters
    qualify row_number() over (
        partition by pairs.progress_number, pairs.item_number
        order by pairs.course_start_date desc, pairs.course_id desc
    ) = 1
),

-- Where only one item may speak: the one scored last, with a pair before one without.
speaking as (
    select *
    from items
    qualify (class_rule <> 'reliable_change' and pairing_rule <> 'latest_item')
        or row_number() over (
            partition by progress_number
            order by is_paired desc, latest_date desc nulls last, item_number asc
        ) = 1
),

moved as (
    select
        *,
        -- Whatever makes a mean change of goals count, one goal went forward or back.
        {{ direction_of_change(
            'score_change',
            "(case when class_rule = 'goals' then 0.000001 else improvement_points end)",
            'better_when_higher'
        ) }} as direction
    from speaking
),

together as (
    select
        -- The same in every item.
        {%- for column in [
            'local_authority_code', 'period_id', 'period_type', 'period_start',
            'period_end', 'child_id', 'domain_code', 'measure_code', 'tool_code',
            'class_rule', 'informant_code', 'informant_count', 'better_when_higher',
            'improvement_points', 'standard_deviation', 'reliability',
            'retest_reliability', 'borderline_from', 'concern_from',
            'slightly_raised_from', 'high_from', 'very_high_from', 'minimum_gap_days',
            'safety_domain_code', 'reliable_change_z', 'parameter_version'
        ] %}
        min({{ column }}) as {{ column }},
        {%- endfor %}
        count(*) as item_count,
        count(*) filter (where is_paired) as paired_count,
        count(*) filter (where direction = 1) as forward_count,
        count(*) filter (where direction = -1) as back_count,
        count(*) filter (
            where direction = 1 or (direction = 0 and intended_direction_code = 'maintain')
        ) as as_planned_count,
        bool_or(is_due) as is_due,
        bool_or(baseline_date is not null) as is_baseline_held,
        bool_or(latest_date is not null and not is_paired) as is_early_held,
        -- Of the items with a pair; where there is none, of what there is.
        coalesce(
            min(baseline_date) filter (where is_paired), min(baseline_date)
        ) as baseline_date,
        coalesce(
            avg(baseline_score) filter (where is_paired), avg(baseline_score)
        ) as baseline_score,
        coalesce(max(latest_date) filter (where is_paired), max(latest_date)) as latest_date,
        coalesce(
            avg(latest_score) filter (where is_paired), avg(latest_score)
        ) as latest_score,
        avg(score_change) as score_change,
        min(course_start_date) as course_start_date,
        case when count(*) = count(course_end_date) then max(course_end_date) end
            as course_end_date,
        case when count(distinct intended_direction_code) = 1 then min(intended_direction_code) end
            as intended_direction_code,
        sum(left_out_count) as left_out_count,
        max_by(participation_id, item_number) as participation_id,
        max_by(service_code, item_number) as review_service_code,
        max_by(worker_id, item_number) as review_worker_id,
        max_by(record_source, item_number) as record_source,
        max_by(_file_sha256, item_number) as _file_sha256,
        max_by(_row_number, item_number) as _row_number
    from moved
    group by progress_number
),

indexed as (
    select
        *,
        {{ days_between('baseline_date', 'latest_date') }} as days_between,
        case
            when class_rule = 'reliable_change' and paired_count > 0
                then {{ reliable_change_index(
                    'baseline_score', 'latest_score', 'standard_deviation', 'reliability'
                ) }}
        end as reliable_change_index,
        case
            when class_rule = 'reliable_change' and paired_count > 0
                then {{ reliable_change_index(
                    'baseline_score', 'latest_score', 'standard_deviation', 'retest_reliability'
                ) }}
        end as retest_index,
        -- The first that fits; goals and whole stars say only that they have no pair.
        case
            when paired_count > 0 then null
            when not is_due then 'TOO_SOON'
            when not is_baseline_held and class_rule <> 'goals' then 'NO_BASELINE'
            when is_early_held then 'TOO_SOON'
            else 'NOT_KNOWN'
        end as unpaired
    from together
),

classed as (
    select
        *,
        coalesce(
            unpaired,
            case class_rule
                when 'reliable_change' then {{ reliable_change_class(
                    'baseline_score', 'latest_score', 'reliable_change_index',
                    'reliable_change_z', 'better_when_higher', 'concern_from',
                    'borderline_from'
                ) }}
                when 'goals' then {{ goals_class(
                    'paired_count', 'score_change', 'improvement_points', 'better_when_higher'
                ) }}
                else {{ distance_travelled_class(
                    'paired_count', 'forward_count', 'back_count', 'false'
                ) }}
            end
        ) as change_class,
        case
            when unpaired is null and retest_index is not null then {{ reliable_change_class(
                'baseline_score', 'latest_score', 'retest_index', 'reliable_change_z',
                'better_when_higher', 'concern_from', 'borderline_from'
            ) }}
        end as class_retest_sensitivity
    from indexed
),

-- ---- a star read over all its scales ----
stars as (
    select
        local_authority_code,
        period_id,
        period_type,
        period_start,
        period_end,
        child_id,
        tool_code,
        min(parameter_version) as parameter_version,
        count(*) as item_count,
        count(*) filter (where paired_count > 0) as paired_count,
        count(*) filter (where change_class = 'BETTER') as forward_count,
        count(*) filter (where change_class = 'WORSE') as back_count,
        coalesce(bool_or(change_class = 'WORSE' and domain_code = safety_domain_code), false)
            as is_safety_back,
        bool_or(is_due) as is_due,
        bool_or(change_class = 'TOO_SOON') as is_early_held,
        min(baseline_date) as baseline_date,
        max(latest_date) as latest_date,
        median(score_change) as score_change,
        min(course_start_date) as course_start_date,
        case when count(*) = count(course_end_date) then max(course_end_date) end
            as course_end_date,
        sum(left_out_count) as left_out_count,
        min(informant_code) as informant_code,
        max(informant_count) as informant_count,
        max_by(participation_id, course_start_date) as participation_id,
        max_by(review_service_code, course_start_date) as review_service_code,
        max_by(review_worker_id, course_start_date) as review_worker_id,
        min_by(record_source, measure_code) as record_source,
        min_by(_file_sha256, measure_code) as _file_sha256,
        min_by(_row_number, measure_code) as _row_number
    from classed
    where class_rule = 'stages'
    group by
        local_authority_code, period_id, period_type, period_start, period_end, child_id,
        tool_code
),

stacked as (
    select
        local_authority_code,
        period_id,
        period_type,
        period_start,
        period_end,
        child_id,
        domain_code,
        measure_code,
        tool_code,
        false as is_whole_tool,
        class_rule,
        informant_code,
        informant_count,
        course_start_date,
        course_end_date,
        baseline_date,
        baseline_score,
        latest_date,
        latest_score,
        days_between,
        score_change,
        item_count,
        paired_count,
        forward_count,
        back_count,
        as_planned_count,
        intended_direction_code,
        reliable_change_index,
        borderline_from,
        concern_from,
        slightly_raised_from,
        high_from,
        very_high_from,
        is_due,
        change_class,
        class_retest_sensitivity,
        left_out_count,
        participation_id,
        review_service_code,
        review_worker_id,
        record_source,
        parameter_version,
        _file_sha256,
        _row_number
    from classed
    union all
    select
        local_authority_code,
        period_id,
        period_type,
        period_start,
        period_end,
        child_id,
        'all' as domain_code,
        tool_code as measure_code,
        tool_code,
        true as is_whole_tool,
        'stages' as class_rule,
        informant_code,
        informant_count,
        course_start_date,
        course_end_date,
        baseline_date,
        cast(null as double) as baseline_score,
        latest_date,
        cast(null as double) as latest_score,
        {{ days_between('baseline_date', 'latest_date') }} as days_between,
        score_change,
        item_count,
        paired_count,
        forward_count,
        back_count,
        forward_count as as_planned_count,
        cast(null as varchar) as intended_direction_code,
        cast(null as double) as reliable_change_index,
        cast(null as double) as borderline_from,
        cast(null as double) as concern_from,
        cast(null as double) as slightly_raised_from,
        cast(null as double) as high_from,
        cast(null as double) as very_high_from,
        is_due,
        case
            when paired_count = 0 and is_early_held then 'TOO_SOON'
            else {{ distance_travelled_class(
                'paired_count', 'forward_count', 'back_count', 'is_safety_back'
            ) }}
        end as change_class,
        cast(null as varchar) as class_retest_sensitivity,
        left_out_count,
        participation_id,
        review_service_code,
        review_worker_id,
        record_source,
        parameter_version,
        _file_sha256,
        _row_number
    from stars
)

select
    local_authority_code,
    period_id,
    period_type,
    period_start,
    period_end,
    child_id,
    domain_code,
    measure_code,
    tool_code,
    is_whole_tool,
    class_rule,
    informant_code,
    informant_count,
    course_start_date,
    course_end_date,
    baseline_date,
    baseline_score,
    latest_date,
    latest_score,
    days_between,
    score_change,
    item_count,
    paired_count,
    forward_count,
    back_count,
    as_planned_count,
    intended_direction_code,
    reliable_change_index,
    {{ band_of_three('baseline_score', 'borderline_from', 'concern_from') }} as baseline_band,
    {{ band_of_three('latest_score', 'borderline_from', 'concern_from') }} as latest_band,
    {{ band_of_four(
        'baseline_score', 'slightly_raised_from', 'high_from', 'very_high_from'
    ) }} as baseline_band_of_four,
    {{ band_of_four(
        'latest_score', 'slightly_raised_from', 'high_from', 'very_high_from'
    ) }} as latest_band_of_four,
    is_due,
    change_class,
    class_retest_sensitivity,
    {{ change_group_of('change_class') }} as change_group,
    left_out_count,
    participation_id,
    review_service_code,
    review_worker_id,
    record_source,
    parameter_version,
    _file_sha256,
    _row_number
from stacked
