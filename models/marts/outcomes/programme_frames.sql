with cards as (
    select * from {{ ref('scorecards') }}
    where subject_kind in ('programme', 'delivery_model') and item_kind <> 'none'
),

-- Every programme in every year for which it has a scorecard.
frames as (
    select distinct
        local_authority_code,
        subject_code as programme_code,
        period_id,
        period_start,
        period_end
    from {{ ref('scorecards') }}
    where subject_kind = 'programme'
),

services as (
    select * from {{ ref('int_services') }}
    where programme_code is not null
),

parts as (
    {%- for part in [
        'users', 'baselines', 'story', 'desired_outcomes', 'delivery_models', 'outputs',
        'partners', 'actions', 'quality_of_effort', 'quantity_of_effect', 'quality_of_effect',
    ] %}
    select '{{ part }}' as part, {{ loop.index }} as part_order
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

figures as (
    select
        local_authority_code,
        subject_code as programme_code,
        period_id,
        case
            when polarity = 'context_only' and quadrant = 'BETTER_OFF_SHARE' then 'baselines'
            when quadrant = 'HOW_MUCH' and item_kind = 'places' then 'outputs'
            when quadrant = 'HOW_MUCH' then 'users'
            when quadrant = 'HOW_WELL' then 'quality_of_effort'
            when quadrant = 'BETTER_OFF_NUMBER' then 'quantity_of_effect'
            else 'quality_of_effect'
        end as part,
        item as line,
        item_kind || ':' || item_code as line_id,
        value,
        n,
        unit,
        symbol
    from cards
    where subject_kind = 'programme'
        -- How many were like that at the start is the same again, and no effect.
        and not (coalesce(polarity, '') = 'context_only' and quadrant = 'BETTER_OFF_NUMBER')
    union all
    select
        local_authority_code,
        programme_code,
        period_id,
        'delivery_models' as part,
        subject_name || ': ' || item as line,
        subject_code || ':' || item_code as line_id,
        value,
        n,
        unit,
        symbol
    from cards
    where subject_kind = 'delivery_model' and quadrant = 'HOW_MUCH' and item_kind = 'places'
),

-- What staff wrote stays in the tables of notes and actions: here is of what kind, and its number.
told as (
    select
        frames.local_authority_code,
        frames.programme_code,
        frames.period_id,
        'desired_outcomes' as part,
        services.purpose_text as line,
        services.service_code as line_id
    from frames
    inner join services
        on frames.local_authority_code = services.local_authority_code
        and frames.programme_code = services.programme_code
    where services.purpose_text is not null
    union all
    select
        frames.local_authority_code,
        frames.programme_code,
        frames.period_id,
        'partners' as part,
        coalesce(agencies.label, partners.agency_code) || ': ' || partners.role_text as line,
        partners.partner_role_id as line_id
    from frames
    inner join {{ ref('partners') }} as partners
        on frames.local_authority_code = partners.local_authority_code
        and frames.programme_code = partners.programme_code
        and frames.period_end >= coalesce(partners.start_date, frames.period_end)
        and coalesce(partners.end_date > frames.period_start, true)
    left join {{ ref('codes') }} as agencies
        on agencies.code_set = 'agency' and partners.agency_code = agencies.code
    union all
    select
        frames.local_authority_code,
        frames.programme_code,
        frames.period_id,
        'story' as part,
        coalesce(kinds.label, notes.note_type_code) || coalesce(', ' || notes.author_role, '')
            as line,
        notes.story_note_id as line_id
    from frames
    inner join services
        on frames.local_authority_code = services.local_authority_code
        and frames.programme_code = services.programme_code
    inner join {{ ref('indicator_stories') }} as notes
        on services.local_authority_code = notes.local_authority_code
        and services.service_code = notes.service_code
        and coalesce(notes.period_end_date, notes.note_date)
        between frames.period_start and frames.period_end
    left join {{ ref('codes') }} as kinds
        on kinds.code_set = 'story_note_type' and notes.note_type_code = kinds.code
    union all
    select
        frames.local_authority_code,
        frames.programme_code,
        frames.period_id,
        'actions' as part,
        coalesce(kinds.label, actions.action_type_code)
        || coalesce(' (' || lower(states.label) || ')', '') as line,
        actions.action_id as line_id
    from frames
    inner join services
        on frames.local_authority_code = services.local_authority_code
        and frames.programme_code = services.programme_code
    inner join {{ ref('indicator_actions') }} as actions
        on services.local_authority_code = actions.local_authority_code
        and services.service_code = actions.service_code
        and frames.period_end >= coalesce(actions.start_date, frames.period_end)
        and coalesce(actions.completed_date >= frames.period_start, true)
    left join {{ ref('codes') }} as kinds
        on kinds.code_set = 'action_type' and actions.action_type_code = kinds.code
    left join {{ ref('codes') }} as states
        on states.code_set = 'action_status' and actions.action_status_code = states.code
),

lines as (
    select * from figures
    union all
    select
        told.*,
        cast(null as double) as value,
        cast(null as bigint) as n,
        cast(null as varchar) as unit,
        cast(null as varchar) as symbol
    from told
)

-- A part of which nothing is held is shown as empty, not left out.
select
    frames.local_authority_code,
    frames.programme_code,
    frames.period_id,
    parts.part,
    cast(parts.part_order as integer) as part_order,
    coalesce(lines.line_id, 'none') as line_id,
    lines.line,
    lines.value,
    lines.n,
    lines.unit,
    lines.symbol,
    lines.line_id is null as is_empty_part,
    {{ as_at_date() }} as as_at_date
from frames
cross join parts
left join lines
    on frames.local_authority_code = lines.local_authority_code
    and frames.programme_code = lines.programme_code
    and frames.period_id = lines.period_id
    and parts.part = lines.part
