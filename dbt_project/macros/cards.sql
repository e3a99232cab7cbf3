{# The card of every chosen indicator, with its figures as they stand in one layer: the internal
   tables or those of the release, so that a card can show no more than they do. #}
{% macro indicator_cards_of(values, trends, curves, triangulated, questions) -%}
with companions as (
    select
        cards.local_authority_code,
        cards.period_id,
        cards.indicator_id,
        {{ row_for_each(split_codes('indicators.companion_indicator_ids')) }} as companion_id
    from {{ ref('card_steering') }} as cards
    inner join {{ ref('indicators') }} as indicators
        on cards.indicator_id = indicators.indicator_id
),

packages as (
    select
        companions.local_authority_code,
        companions.period_id,
        companions.indicator_id,
        {{ join_codes(
            "indicators.indicator || ': ' || case when figures.value is not null then "
            ~ "cast(round(figures.value, 1) as varchar) || ' ' || indicators.unit "
            ~ "else coalesce(figures.symbol, '[x]') end"
        ) }} as package
    from companions
    inner join {{ ref('indicators') }} as indicators
        on companions.companion_id = indicators.indicator_id
    left join {{ values }} as figures
        on companions.companion_id = figures.indicator_id
        and companions.local_authority_code = figures.local_authority_code
        and companions.period_id = figures.period_id
        and figures.breakdown = 'all'
    group by companions.local_authority_code, companions.period_id, companions.indicator_id
),

-- The latest baseline and aims that the authority had agreed by the last day of the year.
agreed as (
    select
        cards.local_authority_code,
        cards.period_id,
        cards.indicator_id,
        targets.target_type_code,
        targets.target_value,
        targets.lower_value,
        targets.upper_value,
        targets.valid_from_date,
        targets.owner_role,
        targets.reason_text,
        targets.behaviour_note
    from {{ ref('card_steering') }} as cards
    inner join {{ ref('int_targets') }} as targets
        on cards.local_authority_code = targets.local_authority_code
        and cards.indicator_id = targets.indicator_id
        and targets.breakdown = 'all'
        and targets.target_type_code in ('baseline', 'target', 'band')
        and {{ open_on('targets.valid_from_date', 'targets.valid_to_date', 'cards.period_end') }}
    qualify row_number() over (
        partition by
            cards.local_authority_code, cards.period_id, cards.indicator_id,
            targets.target_type_code
        order by targets.valid_from_date desc, targets.target_id desc
    ) = 1
),

-- Of the outcome that the indicator is first of all about.
asked as (
    select
        cards.local_authority_code,
        cards.period_id,
        cards.indicator_id,
        max(outcomes.outcome_id) as outcome_id,
        max(outcomes.outcome) as outcome,
        max(triangulated.convergence) as convergence,
        max(triangulated.overall) as overall,
        {{ join_codes("questions.question_code || ' ' || questions.question") }} as questions
    from {{ ref('card_steering') }} as cards
    inner join {{ ref('indicators') }} as indicators
        on cards.indicator_id = indicators.indicator_id
    inner join {{ ref('outcomes') }} as outcomes
        on {{ is_first_listed('indicators.outcome_ids', 'outcomes.outcome_id') }}
    left join {{ triangulated }} as triangulated
        on outcomes.outcome_id = triangulated.outcome_id
        and cards.local_authority_code = triangulated.local_authority_code
        and cards.period_id = triangulated.period_id
    left join {{ questions }} as questions
        on outcomes.outcome_id = questions.outcome_id
        and cards.local_authority_code = questions.local_authority_code
        and cards.period_id = questions.period_id
    group by cards.local_authority_code, cards.period_id, cards.indicator_id
),

figured as (
    select
        cards.*,
        indicators.indicator,
        indicators.framework,
        indicators.polarity,
        indicators.unit,
        indicators.notes as limits_of_use,
        indicators.companion_indicator_ids,
        ratings.reason as rating_reason,
        choices.headline_rank,
        asked.outcome_id,
        asked.outcome,
        asked.convergence,
        asked.overall,
        asked.questions,
        figures.numerator,
        {{ resting_n('figures', 'indicators.unknown_policy') }} as n,
        figures.value,
        figures.lower95,
        figures.upper95,
        figures.dq_grade,
        case when figures.indicator_id is null then '[x]' else figures.symbol end as symbol,
        case
            when figures.indicator_id is null and availability.availability = 'MEASURED'
                then 'Not measured in this year.'
            when figures.indicator_id is null then availability.in_words
        end as why_no_figure,
        earlier.value as year_before_value,
        {{ settled('figures.value - earlier.value') }} as change_on_year,
        baselines.target_value as baseline_value,
        baselines.valid_from_date as baseline_date,
        aims.target_value,
        aims.valid_from_date as target_from_date,
        aims.owner_role as target_owner,
        aims.behaviour_note as target_behaviour_note,
        bands.reason_text as band_reason,
        bands.behaviour_note as band_behaviour_note,
        case
            when bands.indicator_id is not null then bands.lower_value else indicators.band_low
        end as band_low,
        case
            when bands.indicator_id is not null then bands.upper_value else indicators.band_high
        end as band_high,
        case
            when bands.indicator_id is not null then 'agreed'
            when coalesce(indicators.band_low, indicators.band_high) is not null then 'framework'
        end as band_origin,
        trends.point_type as trend,
        trends.trend_marker,
        trends.assurance,
        curves.reading as curve_reading,
        curves.forecast,
        curves.baseline_direction,
        packages.package,
        texts.package_reading,
        texts.question_too_low,
        texts.question_too_high
    from {{ ref('card_steering') }} as cards
    inner join {{ ref('indicators') }} as indicators
        on cards.indicator_id = indicators.indicator_id
    inner join {{ ref('periods') }} as years on cards.period_id = years.period_id
    left join {{ ref('periods') }} as years_before
        on years.reporting_year = years_before.reporting_year + 1
        and years_before.period_type = 'year'
    left join {{ ref('indicator_ratings') }} as ratings
        on cards.indicator_id = ratings.indicator_id
    left join {{ ref('int_headline_choices') }} as choices
        on cards.indicator_id = choices.indicator_id
    left join {{ ref('card_texts') }} as texts on cards.indicator_id = texts.indicator_id
    left join {{ ref('indicator_availability') }} as availability
        on cards.indicator_id = availability.indicator_id
        and cards.local_authority_code = availability.local_authority_code
    left join {{ values }} as figures
        on cards.indicator_id = figures.indicator_id
        and cards.local_authority_code = figures.local_authority_code
        and cards.period_id = figures.period_id
        and figures.breakdown = 'all'
    left join {{ values }} as earlier
        on cards.indicator_id = earlier.indicator_id
        and cards.local_authority_code = earlier.local_authority_code
        and years_before.period_id = earlier.period_id
        and earlier.breakdown = 'all'
    left join {{ trends }} as trends
        on figures.indicator_id = trends.indicator_id
        and figures.indicator_version = trends.indicator_version
        and figures.local_authority_code = trends.local_authority_code
        and figures.period_id = trends.period_id
        and trends.breakdown = 'all'
    left join {{ curves }} as curves
        on cards.indicator_id = curves.indicator_id
        and cards.local_authority_code = curves.local_authority_code
        and cards.period_id = curves.period_id
    {%- for part, kind in [('baselines', 'baseline'), ('aims', 'target'), ('bands', 'band')] %}
    left join agreed as {{ part }}
        on cards.local_authority_code = {{ part }}.local_authority_code
        and cards.period_id = {{ part }}.period_id
        and cards.indicator_id = {{ part }}.indicator_id
        and {{ part }}.target_type_code = '{{ kind }}'
    {%- endfor %}
    {%- for part in ['packages', 'asked'] %}
    left join {{ part }}
        on cards.local_authority_code = {{ part }}.local_authority_code
        and cards.period_id = {{ part }}.period_id
        and cards.indicator_id = {{ part }}.indicator_id
    {%- endfor %}
),

banded as (
    select
        *,
        {{ band_code('value', 'lower95', 'upper95', 'band_low', 'band_high') }} as band_code
    from figured
)

select
    indicator_id,
    local_authority_code,
    period_id,
    period_start,
    period_end,
    indicator,
    framework,
    outcome_id,
    chosen_as,
    headline_rank,
    list_names,
    chosen_reason,
    headline_set_size,
    is_set_outside_rule,
    -- ---- rationale ----
    'Stands for: ' || outcome || coalesce('. ' || rating_reason, '') as rationale,
    limits_of_use,
    -- ---- performance ----
    polarity,
    unit,
    numerator,
    n,
    value,
    lower95,
    upper95,
    symbol,
    dq_grade,
    why_no_figure,
    year_before_value,
    change_on_year,
    case
        when change_on_year > 0 then 'RISING'
        when change_on_year < 0 then 'FALLING'
        when change_on_year = 0 then 'LEVEL'
    end as direction,
    -- Up and down can both be good or bad: without a band only a written explanation says which.
    case
        when coalesce(change_on_year, 0) = 0 then null
        when polarity not in ('target_band', 'context_only') then null
        when coalesce(band_low, band_high) is not null then null
        when story_count + practitioner_view_count + answer_count > 0 then 'EXPLAINED'
        else 'DIRECTION_NOT_EXPLAINED'
    end as direction_explained,
    trend,
    trend_marker,
    assurance,
    curve_reading,
    forecast,
    baseline_direction,
    baseline_value,
    baseline_date,
    {{ settled('value - baseline_value') }} as change_on_baseline,
    target_value,
    target_from_date,
    target_owner,
    target_behaviour_note,
    -- ---- band: both questions stay open ----
    band_low,
    band_high,
    band_origin,
    band_reason,
    band_behaviour_note,
    band_code,
    case
        when band_code = 'IN_BAND' then 'IN_BAND'
        when band_code like 'BELOW%' then 'TOO_LOW'
        when band_code like 'ABOVE%' then 'TOO_HIGH'
    end as band_side,
    band_code = 'IN_BAND' as is_in_limits,
    question_too_low,
    question_too_high,
    case
        when band_code like 'BELOW%' then question_too_low
        when band_code like 'ABOVE%' then question_too_high
    end as question_now,
    -- ---- package ----
    companion_indicator_ids,
    package,
    package_reading,
    -- ---- story, partners, action, what is next ----
    story_count,
    users_view_count,
    practitioner_view_count,
    alternative_forecast_count,
    story,
    practice_evidence,
    events,
    improvement_stage,
    partner_count,
    partners,
    actions_under_way,
    actions_done,
    actions_stopped,
    actions,
    is_no_action_decided,
    case
        when next_due_date is not null
            then 'An action is due on ' || cast(next_due_date as varchar) || '.'
        when actions_under_way > 0 then 'An action is under way, with no day it is due.'
        when is_no_action_decided then 'It was decided that no action is needed.'
        when value is null then why_no_figure
        else 'Decide on an action, or that none is needed.'
    end as what_is_next,
    -- ---- the conversation ----
    convergence,
    overall,
    questions,
    answer_count,
    {{ as_at_date() }} as as_at_date
from banded
{%- endmacro %}

{# How many curves of the list show evidence of improvement in a month, and which; from the table of
   curves of one layer. #}
{% macro priority_curve_counts_of(curves) -%}
with counted as (
    select
        local_authority_code,
        period_id,
        period_end,
        count(*) as curve_count,
        count(*) filter (where is_improving) as improving_count,
        count(*) filter (where not is_improving) as not_improving_count,
        count(*) filter (where is_improving is null) as not_known_count,
        {{ join_codes('case when is_improving then indicator_id end') }}
            as improving_indicator_ids,
        {{ join_codes('case when not is_improving then indicator_id end') }}
            as not_improving_indicator_ids,
        {{ join_codes('case when is_improving is null then indicator_id end') }}
            as not_known_indicator_ids,
        max(as_at_date) as as_at_date
    from {{ curves }}
    group by local_authority_code, period_id, period_end
)

select
    local_authority_code,
    period_id,
    period_end,
    curve_count,
    improving_count,
    not_improving_count,
    not_known_count,
    improving_indicator_ids,
    not_improving_indicator_ids,
    not_known_indicator_ids,
    cast(improving_count as varchar) || ' of ' || cast(curve_count as varchar)
    || ' priority curves show evidence of improvement; of ' || cast(not_known_count as varchar)
    || ' nothing can be said.' as in_words,
    'The latest value is better than its frozen forecast and better than three months earlier (or '
    || 'the point before, where points lie further apart), in the direction of its polarity; a '
    || 'curve with a band is inside it, or closer to it than then.' as rule_in_words,
    'A count of curves is no measure: read the curves themselves, never judge it or set a target '
    || 'for it (METHODS 5.2).' as caveat,
    as_at_date
from counted
{%- endmacro %}
