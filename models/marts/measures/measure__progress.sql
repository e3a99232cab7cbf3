with rules as (
    select * from {{ ref('progress_indicators') }}
),

-- What returns and other systems hold; a tool of theirs, such as the questionnaire, may be scored
-- in local reviews too, under a name of its own.
held_elsewhere as (
    select measure_code from {{ ref('progress_measures') }}
    where measure_code is not null
),

scales as (
    select
        progress.*,
        progress.score_change * measures.better_when_higher as gain
    from {{ ref('child_progress') }} as progress
    inner join {{ ref('int_followed_measures') }} as measures
        on progress.local_authority_code = measures.local_authority_code
        and progress.measure_code = measures.measure_code
    left join held_elsewhere
        on progress.measure_code = held_elsewhere.measure_code
    where progress.period_type = 'year' and not progress.is_whole_tool
        and held_elsewhere.measure_code is null
),

-- A scale without a pair meets and fails nothing.
judged as (
    select
        rules.measure_code as indicator_measure_code,
        scales.*,
        case
            when scales.paired_count > 0
                then coalesce(scales.change_group = rules.change_group, false)
                or (
                    rules.counts_maintained
                    and scales.as_planned_count = scales.paired_count
                )
                or coalesce(
                    scales.baseline_score >= rules.stays_high_from
                    and scales.latest_score >= rules.stays_high_from,
                    false
                )
        end as is_met
    from scales
    inner join rules
        on rules.domain_code is null or scales.domain_code = rules.domain_code
),

domains as (
    select
        indicator_measure_code,
        local_authority_code,
        period_id,
        period_start,
        period_end,
        child_id,
        domain_code,
        bool_or(is_due) as is_due,
        bool_and(is_met) as is_met,
        sum(paired_count) as paired_count,
        sum(as_planned_count) as as_planned_count,
        -- Scales of one domain that moved apart leave it where it was.
        sum(case when gain > 0 then 1 when gain < 0 then -1 else 0 end) as net_moves,
        sum(case change_group when 'better' then 1 when 'worse' then -1 else 0 end)
            as net_change,
        min(baseline_score) as baseline_score,
        min(baseline_date) as baseline_date,
        min_by(_file_sha256, measure_code) as _file_sha256,
        min_by(_row_number, measure_code) as _row_number
    from judged
    group by
        indicator_measure_code, local_authority_code, period_id, period_start, period_end,
        child_id, domain_code
),

children as (
    select
        indicator_measure_code,
        local_authority_code,
        period_id,
        period_start,
        period_end,
        child_id,
        bool_or(is_due) as is_due,
        bool_and(is_met) as is_every_scale_met,
        sum(paired_count) as paired_count,
        sum(as_planned_count) as as_planned_count,
        count(*) filter (where net_moves > 0) as up_count,
        count(*) filter (where net_moves < 0) as down_count,
        count(*) filter (where net_change > 0) as better_count,
        count(*) filter (where net_change < 0) as worse_count,
        min(baseline_score) as baseline_score,
        min(baseline_date) as baseline_date,
        min_by(_file_sha256, domain_code) as _file_sha256,
        min_by(_row_number, domain_code) as _row_number
    from domains
    group by
        indicator_measure_code, local_authority_code, period_id, period_start, period_end,
        child_id
),

years as (
    select * from {{ ref('periods') }}
    where period_type = 'year'
),

-- Half-open: what ended on the first day of the year has no day in it.
with_open_case as (
    select distinct
        years.period_id,
        help.local_authority_code,
        help.child_id
    from {{ ref('int_help_periods') }} as help
    inner join years
        on help.period_start_date <= years.period_end
        and coalesce(help.period_end_date > years.period_start, true)
),

in_care as (
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

supported as (
    select
        plans.local_authority_code,
        identities.child_id,
        plans.need_type_code,
        plans.support_start_date
    from {{ ref('stg_local__support_plans') }} as plans
    inner join {{ ref('int_identities') }} as identities
        on plans.local_authority_code = identities.local_authority_code
        and plans.person_key = identities.person_key
    where plans.support_start_date is not null
),

-- The latest support that had begun by the end of the year.
with_support as (
    select
        children.indicator_measure_code,
        children.local_authority_code,
        children.period_id,
        children.child_id,
        max(supported.support_start_date) as support_start_date
    from children
    inner join rules on children.indicator_measure_code = rules.measure_code
    inner join supported
        on children.local_authority_code = supported.local_authority_code
        and children.child_id = supported.child_id
        and rules.support_need_code = supported.need_type_code
        and supported.support_start_date <= children.period_end
    group by
        children.indicator_measure_code, children.local_authority_code, children.period_id,
        children.child_id
),

read_by_rule as (
    select
        children.*,
        rules.population_code,
        case
            when rules.population_code = 'open_case' and with_open_case.child_id is null
                then 'NO_OPEN_CASE'
            when rules.population_code = 'in_care' and in_care.child_id is null
                then 'NOT_IN_CARE'
            when children.baseline_score > rules.baseline_at_most then 'BASELINE_ABOVE_LIMIT'
            when not children.is_due then 'TOO_SOON'
        end as exclusion_code,
        case
            when children.paired_count > 0 then null
            when children.baseline_date is null then 'NO_BASELINE'
            else 'NO_FOLLOW_UP'
        end as missing_code,
        case rules.needed
            when 'more_up_than_down' then children.up_count > children.down_count
            when 'majority' then children.as_planned_count * 2 > children.paired_count
            else children.is_every_scale_met
        end
        and (
            rules.support_need_code is null
            or coalesce(with_support.support_start_date >= children.baseline_date, false)
        ) as is_in_numerator
    from children
    inner join rules on children.indicator_measure_code = rules.measure_code
    left join with_open_case
        on children.local_authority_code = with_open_case.local_authority_code
        and children.child_id = with_open_case.child_id
        and children.period_id = with_open_case.period_id
    left join in_care
        on children.local_authority_code = in_care.local_authority_code
        and children.child_id = in_care.child_id
        and children.period_id = in_care.period_id
    left join with_support
        on children.indicator_measure_code = with_support.indicator_measure_code
        and children.local_authority_code = with_support.local_authority_code
        and children.child_id = with_support.child_id
        and children.period_id = with_support.period_id
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
    case
        when exclusion_code is null and missing_code is null
            then cast(is_in_numerator as integer)
    end as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    exclusion_code,
    case when exclusion_code is null then missing_code end as missing_code,
    cast(null as date) as event_date,
    child_id,
    'local' as source_id,
    'scores with a pair: ' || cast(paired_count as varchar)
    || ', domains up: ' || cast(up_count as varchar)
    || ', down: ' || cast(down_count as varchar) as evidence,
    _file_sha256,
    _row_number,
    case
        when exclusion_code is null and missing_code is null
            then cast(sign(better_count - worse_count) as integer)
    end as change_on_baseline
from read_by_rule
