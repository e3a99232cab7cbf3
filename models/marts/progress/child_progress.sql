with classed as (
    select * from {{ ref('int_progress_classes') }}
),

-- ---- the parts of the questionnaire on the day of the baseline ----
tools as (
    select tool_code, added_value_part from {{ ref('progress_measures') }}
    where added_value_part is not null
),

parts as (
    select
        scores.local_authority_code,
        scores.child_id,
        scores.score_date,
        max(scores.score) filter (where tools.added_value_part = 'impact') as impact_score,
        max(scores.score) filter (where tools.added_value_part = 'emotional')
            as emotional_score
    from {{ ref('int_progress_scores') }} as scores
    inner join tools on scores.tool_code = tools.tool_code
    where scores.is_used
    group by scores.local_authority_code, scores.child_id, scores.score_date
),

-- ---- who helped, and which child ----
participations as (
    select * from {{ newest_places() }} as places
),

allocations as (
    select
        classed.local_authority_code,
        classed.period_id,
        classed.child_id,
        classed.measure_code,
        classed.domain_code,
        held.worker_id,
        held.team_id
    from classed
    inner join {{ ref('int_allocations') }} as held
        on classed.local_authority_code = held.local_authority_code
        and classed.child_id = held.child_id
        and {{ open_on('held.allocation_start_date', 'held.allocation_end_date',
            'coalesce(classed.latest_date, classed.period_end)') }}
    -- Whose case it is comes before others who work on it, and the latest before earlier ones.
    qualify row_number() over (
        partition by classed.local_authority_code, classed.period_id, classed.child_id,
            classed.measure_code, classed.domain_code
        order by
            case when held.allocation_role_code = 'key_social_worker' then 0 else 1 end asc,
            held.allocation_start_date desc,
            held.allocation_id asc
    ) = 1
),

levels as (
    select
        local_authority_code,
        period_end,
        child_id,
        max(support_level) as support_level
    from {{ ref('cohort_snapshots') }}
    group by local_authority_code, period_end, child_id
)

select
    classed.local_authority_code,
    classed.period_id,
    classed.period_type,
    classed.period_start,
    classed.period_end,
    classed.child_id,
    classed.domain_code,
    classed.measure_code,
    classed.tool_code,
    classed.is_whole_tool,
    classed.class_rule,
    classed.informant_code,
    classed.informant_count,
    classed.course_start_date,
    classed.course_end_date,
    classed.baseline_date,
    classed.baseline_score,
    classed.latest_date,
    classed.latest_score,
    classed.days_between,
    classed.score_change,
    cast(classed.item_count as bigint) as item_count,
    cast(classed.paired_count as bigint) as paired_count,
    cast(classed.forward_count as bigint) as forward_count,
    cast(classed.back_count as bigint) as back_count,
    cast(classed.as_planned_count as bigint) as as_planned_count,
    classed.intended_direction_code,
    classed.reliable_change_index,
    classed.baseline_band,
    classed.latest_band,
    classed.baseline_band_of_four,
    classed.latest_band_of_four,
    classed.is_due,
    classed.change_class,
    classed.class_retest_sensitivity,
    classed.change_group,
    parts.impact_score as baseline_impact_score,
    parts.emotional_score as baseline_emotional_score,
    cast(classed.left_out_count as bigint) as left_out_count,
    classed.participation_id,
    coalesce(participations.service_code, classed.review_service_code) as service_code,
    services.programme_code,
    services.service_area_code,
    services.provider_code,
    participations.delivery_model_code,
    coalesce(classed.review_worker_id, allocations.worker_id) as worker_id,
    allocations.team_id,
    levels.support_level,
    children.sex,
    {{ age_on('children.date_of_birth', 'classed.period_end') }} as age_years,
    age_bands.age_band,
    children.ethnic_group,
    classed.record_source,
    classed.parameter_version,
    classed._file_sha256,
    classed._row_number
from classed
left join tools on classed.tool_code = tools.tool_code
left join parts
    on classed.local_authority_code = parts.local_authority_code
    and {{ key_if("tools.added_value_part = 'total'", 'classed.child_id') }} = parts.child_id
    and classed.baseline_date = parts.score_date
left join participations
    on classed.local_authority_code = participations.local_authority_code
    and classed.participation_id = participations.participation_id
left join {{ ref('int_services') }} as services
    on classed.local_authority_code = services.local_authority_code
    and coalesce(participations.service_code, classed.review_service_code)
    = services.service_code
left join allocations
    on classed.local_authority_code = allocations.local_authority_code
    and classed.period_id = allocations.period_id
    and classed.child_id = allocations.child_id
    and classed.measure_code = allocations.measure_code
    and classed.domain_code = allocations.domain_code
left join levels
    on classed.local_authority_code = levels.local_authority_code
    and classed.period_end = levels.period_end
    and classed.child_id = levels.child_id
left join {{ ref('int_children') }} as children
    on classed.local_authority_code = children.local_authority_code
    and classed.child_id = children.child_id
left join {{ ref('age_bands') }} as age_bands
    on {{ age_on('children.date_of_birth', 'classed.period_end') }}
    between age_bands.age_from and age_bands.age_to
