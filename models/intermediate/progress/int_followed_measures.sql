with tools as (
    select * from {{ ref('progress_measures') }}
),

reserved as (
    select measure_code from tools
    where measure_code is not null
),

listed as (
    select
        *,
        lower(measure_code || ' ' || measure_name) as written_name
    from {{ ref('stg_local__progress_measures') }}
    -- The names of what returns hold are taken.
    where measure_code not in (select measure_code from reserved)
    -- A scale in the lists of several senders: the newest list.
    qualify row_number() over (
        partition by local_authority_code, measure_code
        order by exported_date desc nulls last, _file_sha256 asc, _row_number desc
    ) = 1
),

-- Scales of a tool that are a part of it and no total, by what they are called.
parts as (
    select
        listed.local_authority_code,
        listed.measure_code,
        min(pieces.tool_code) as part_code
    from listed
    inner join tools as pieces
        on listed.tool_code = pieces.part_of_tool_code
        and listed.written_name like pieces.name_pattern
    group by listed.local_authority_code, listed.measure_code
),

of_lists as (
    select
        listed.local_authority_code,
        listed.measure_code,
        listed.measure_name,
        listed.domain_code,
        listed.subject_type_code,
        tools.class_rule = 'reliable_change'
        and coalesce(listed.maximum_score, tools.maximum_score) <> tools.maximum_score
            as is_part,
        parts.part_code,
        tools.tool_code,
        tools.source_kind,
        tools.safety_domain_code,
        'course' as episode_kind,
        tools.informant_code,
        tools.class_rule as tool_class_rule,
        {{ said_first('is_higher_better') }} as is_higher_better,
        {{ said_first('minimum_score') }} as minimum_score,
        {{ said_first('maximum_score') }} as maximum_score,
        -- What makes a mean change of goals count is no step of one goal.
        case
            when tools.class_rule = 'goals' then tools.improvement_points
            else {{ said_first('improvement_points') }}
        end as improvement_points,
        {{ said_first('standard_deviation') }} as standard_deviation,
        {{ said_first('reliability') }} as reliability,
        tools.retest_reliability,
        coalesce(tools.borderline_from, listed.concern_threshold) as borderline_from,
        coalesce(tools.concern_from, listed.concern_threshold) as concern_from,
        tools.slightly_raised_from,
        tools.high_from,
        tools.very_high_from,
        coalesce(listed.minimum_age_months, tools.minimum_age_months) as minimum_age_months,
        coalesce(listed.maximum_age_months, tools.maximum_age_months) as maximum_age_months,
        coalesce(listed.minimum_gap_days, tools.minimum_gap_days) as minimum_gap_days,
        tools.follow_up_window_months,
        tools.pairing_rule,
        listed.valid_from_date,
        listed.valid_to_date
    from listed
    inner join tools on listed.tool_code = tools.tool_code
    left join parts
        on listed.local_authority_code = parts.local_authority_code
        and listed.measure_code = parts.measure_code
),

authorities as (
    select distinct local_authority_code from {{ ref('int_source_coverage') }}
),

-- What no list of an authority has to name.
of_sources as (
    select
        authorities.local_authority_code,
        tools.measure_code,
        tools.tool_name as measure_name,
        tools.domain_code,
        'child' as subject_type_code,
        false as is_part,
        cast(null as varchar) as part_code,
        tools.tool_code,
        tools.source_kind,
        tools.safety_domain_code,
        tools.episode_kind,
        tools.informant_code,
        tools.class_rule as tool_class_rule,
        tools.is_higher_better,
        tools.minimum_score,
        tools.maximum_score,
        tools.improvement_points,
        tools.standard_deviation,
        tools.reliability,
        tools.retest_reliability,
        tools.borderline_from,
        tools.concern_from,
        tools.slightly_raised_from,
        tools.high_from,
        tools.very_high_from,
        tools.minimum_age_months,
        tools.maximum_age_months,
        tools.minimum_gap_days,
        tools.follow_up_window_months,
        tools.pairing_rule,
        cast(null as date) as valid_from_date,
        cast(null as date) as valid_to_date
    from tools
    cross join authorities
    where tools.measure_code is not null
),

stacked as (
    select * from of_lists
    union all
    select * from of_sources
)

select
    local_authority_code,
    measure_code,
    measure_name,
    domain_code,
    subject_type_code,
    case when is_part then part_code else tool_code end as tool_code,
    source_kind,
    safety_domain_code,
    episode_kind,
    informant_code,
    case
        when is_part or is_higher_better is null then 'none'
        when tool_class_rule <> 'scale' then tool_class_rule
        when standard_deviation > 0 and reliability < 1 then 'reliable_change'
        else 'points'
    end as class_rule,
    case when is_higher_better then 1 else -1 end as better_when_higher,
    minimum_score,
    maximum_score,
    case when tool_class_rule = 'stages' then 1 else improvement_points end
        as improvement_points,
    standard_deviation,
    reliability,
    retest_reliability,
    borderline_from,
    concern_from,
    slightly_raised_from,
    high_from,
    very_high_from,
    minimum_age_months,
    maximum_age_months,
    minimum_gap_days,
    follow_up_window_months,
    pairing_rule,
    valid_from_date,
    valid_to_date
from stacked
