with years as (
    select distinct
        local_authority_code,
        period_id,
        period_start,
        period_end,
        reporting_year
    from {{ ref('measured_periods') }}
    where period_type = 'year'
),

-- ---- whose scorecards there are ----
running as (
    select
        years.*,
        services.service_code,
        services.service_name,
        services.programme_code
    from years
    inner join {{ ref('int_services') }} as services
        on years.local_authority_code = services.local_authority_code
        and coalesce(services.start_date <= years.period_end, true)
        and coalesce(services.end_date > years.period_start, true)
),

subjects as (
    {%- for kind, code, name in [
        ('population', 'all_children', 'All children of the area'),
        ('authority', 'all_services', 'The service of the authority as a whole'),
        ('board', 'safeguarding_board', 'The safeguarding board or partnership'),
    ] %}
    select
        local_authority_code,
        period_id,
        period_start,
        period_end,
        reporting_year,
        '{{ kind }}' as subject_kind,
        '{{ code }}' as subject_code,
        '{{ name }}' as subject_name,
        cast(null as varchar) as programme_code
    from years
    union all
    {%- endfor %}
    select
        local_authority_code, period_id, period_start, period_end, reporting_year,
        'service' as subject_kind,
        service_code as subject_code,
        service_name as subject_name,
        programme_code
    from running
    union all
    select
        local_authority_code, period_id, period_start, period_end, reporting_year,
        'programme' as subject_kind,
        programme_code as subject_code,
        min(service_name) as subject_name,
        programme_code
    from running
    where programme_code is not null
    group by
        local_authority_code, period_id, period_start, period_end, reporting_year,
        programme_code
    union all
    -- A model with places in any year stands beside the others in every year of its programme.
    select distinct
        running.local_authority_code, running.period_id, running.period_start,
        running.period_end, running.reporting_year,
        'delivery_model' as subject_kind,
        models.subject_code,
        coalesce(labels.label, models.subject_code) as subject_name,
        running.programme_code
    from running
    inner join {{ ref('int_service_activity') }} as models
        on running.local_authority_code = models.local_authority_code
        and running.programme_code = models.programme_code
        and models.subject_kind = 'delivery_model'
    left join {{ ref('codes') }} as labels
        on labels.code_set = 'delivery_model'
        and models.subject_code = models.programme_code || ':' || labels.code
    union all
    -- Teams that children's progress is held of; no list says which service a team belongs to.
    select distinct
        years.local_authority_code, years.period_id, years.period_start,
        years.period_end, years.reporting_year,
        'team' as subject_kind,
        progress.breakdown_value as subject_code,
        progress.breakdown_value as subject_name,
        cast(null as varchar) as programme_code
    from years
    inner join {{ ref('progress_summaries') }} as progress
        on years.local_authority_code = progress.local_authority_code
        and years.period_id = progress.period_id
        and progress.breakdown = 'team'
        and progress.breakdown_value <> 'Not known'
),

-- Better off first: how well and for how many come before how much.
quadrants as (
    {%- for quadrant in ['BETTER_OFF_SHARE', 'BETTER_OFF_NUMBER', 'HOW_WELL', 'HOW_MUCH'] %}
    select
        '{{ quadrant }}' as quadrant,
        {{ loop.index }} as place
    union all
    {%- endfor %}
    select
        'POPULATION' as quadrant,
        1 as place
),

-- ---- indicators, each on one scorecard and in the quadrants that it fills ----
catalogue as (
    select
        indicators.indicator_id,
        indicators.indicator,
        indicators.framework,
        indicators.polarity,
        indicators.unit,
        indicators.unknown_policy,
        case
            when indicators.accountability = 'population' then 'population'
            else coalesce(own.subject_kind, 'authority')
        end as subject_kind,
        case
            when indicators.accountability = 'population' then 'all_children'
            else coalesce(own.subject_code, 'all_services')
        end as subject_code,
        case
            when indicators.accountability = 'population' then 'POPULATION'
            when indicators.oba_question = 'how_much' then 'HOW_MUCH'
            when indicators.oba_question = 'how_well' then 'HOW_WELL'
            when indicators.unit = 'count' then 'BETTER_OFF_NUMBER'
            else 'BETTER_OFF_SHARE'
        end as main_quadrant,
        choices.headline_rank,
        choices.data_development_rank
    from {{ ref('indicators') }} as indicators
    left join {{ ref('scorecard_indicators') }} as own
        on indicators.indicator_id = own.indicator_id
    left join {{ ref('int_headline_choices') }} as choices
        on indicators.indicator_id = choices.indicator_id
),

in_quadrants as (
    select
        catalogue.*,
        quadrants.quadrant
    from catalogue
    inner join quadrants
        on catalogue.main_quadrant = quadrants.quadrant
        -- How many are better off, beside what share of all.
        or (
            catalogue.main_quadrant = 'BETTER_OFF_SHARE'
            and catalogue.unit = 'percent'
            and quadrants.quadrant = 'BETTER_OFF_NUMBER'
        )
),

indicator_items as (
    select
        subjects.local_authority_code,
        subjects.subject_kind,
        subjects.subject_code,
        subjects.period_id,
        items.quadrant,
        'indicator' as item_kind,
        items.indicator_id as item_code,
        items.indicator as item,
        items.indicator_id,
        items.framework,
        items.polarity,
        case when items.quadrant = 'BETTER_OFF_NUMBER' then 'count' else items.unit end as unit,
        figures.numerator,
        {{ resting_n('figures', 'items.unknown_policy') }} as n,
        case
            when items.quadrant = 'BETTER_OFF_NUMBER' and items.unit = 'percent'
                -- Nobody in the denominator is nobody to be better off.
                then case when figures.value is not null then figures.numerator end
            else figures.value
        end as value,
        case when items.quadrant <> 'BETTER_OFF_NUMBER' then figures.lower95 end as lower95,
        case when items.quadrant <> 'BETTER_OFF_NUMBER' then figures.upper95 end as upper95,
        case when figures.indicator_id is null then '[x]' else figures.symbol end as symbol,
        case
            when figures.indicator_id is not null then null
            when availability.availability = 'MEASURED' then 'Not measured in this year.'
            else availability.in_words
        end as why_no_figure,
        items.headline_rank,
        items.data_development_rank
    from subjects
    inner join in_quadrants as items
        on subjects.subject_kind = items.subject_kind
        and subjects.subject_code = items.subject_code
    left join {{ ref('indicator_values') }} as figures
        on items.indicator_id = figures.indicator_id
        and subjects.local_authority_code = figures.local_authority_code
        and subjects.period_id = figures.period_id
        and figures.breakdown = 'all'
    left join {{ ref('indicator_availability') }} as availability
        on items.indicator_id = availability.indicator_id
        and subjects.local_authority_code = availability.local_authority_code
),

-- ---- each child's own change: METHODS 7 ----
followed as (
    select
        subjects.subject_kind,
        subjects.subject_code,
        progress.*,
        coalesce(domains.label, 'all of life') as domain
    from subjects
    inner join {{ ref('progress_summaries') }} as progress
        on subjects.local_authority_code = progress.local_authority_code
        and subjects.period_id = progress.period_id
        and progress.measure_code = 'all'
        and progress.breakdown = {{ progress_breakdown('subjects.subject_kind') }}
        and progress.breakdown_value
        = case subjects.subject_kind when 'authority' then 'All' else subjects.subject_code end
    left join {{ ref('codes') }} as domains
        on domains.code_set = 'progress_domain'
        and progress.domain_code = domains.code
),

progress_items as (
    {%- for quadrant, words, unit, numerator, n, value, lower95, upper95, symbol, is_asked in [
        ('HOW_MUCH', 'Children whose progress is followed', 'count',
            'n_in_scope', 'n_in_scope', 'n_in_scope', 'null', 'null', 'cast(null as varchar)',
            "domain_code = 'all'"),
        ('HOW_WELL', 'Children due to be followed up of whom a change is known', 'percent',
            'n_known', 'n_eligible', '100 * coverage', 'null', 'null',
            "case when n_eligible = 0 then '[z]' end", "domain_code = 'all'"),
        ('BETTER_OFF_NUMBER', 'Children better than at their own start', 'count',
            'n_better', 'n_known', 'case when n_known > 0 then n_better end', 'null', 'null',
            'symbol', 'true'),
        ('BETTER_OFF_SHARE', 'Children better than at their own start', 'percent',
            'n_better', 'n_known', 'value', 'lower95', 'upper95', 'symbol', 'true'),
    ] %}
    select
        local_authority_code,
        subject_kind,
        subject_code,
        period_id,
        '{{ quadrant }}' as quadrant,
        'progress' as item_kind,
        domain_code as item_code,
        '{{ words }}: ' || lower(domain) as item,
        cast(null as varchar) as indicator_id,
        cast(null as varchar) as framework,
        'higher_better' as polarity,
        '{{ unit }}' as unit,
        cast({{ numerator }} as double) as numerator,
        cast({{ n }} as bigint) as n,
        cast({{ value }} as double) as value,
        cast({{ lower95 }} as double) as lower95,
        cast({{ upper95 }} as double) as upper95,
        {{ symbol }} as symbol,
        cast(null as varchar) as why_no_figure,
        cast(null as bigint) as headline_rank,
        cast(null as bigint) as data_development_rank
    from followed
    where {{ is_asked }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- ---- the places of a service: how much, and how well ----
activity_items as (
    select
        activity.local_authority_code,
        activity.subject_kind,
        activity.subject_code,
        activity.period_id,
        activity.quadrant,
        'places' as item_kind,
        activity.measure_code as item_code,
        measures.measure as item,
        cast(null as varchar) as indicator_id,
        cast(null as varchar) as framework,
        case activity.quadrant when 'HOW_MUCH' then 'context_only' else 'higher_better' end
            as polarity,
        case activity.quadrant when 'HOW_MUCH' then 'count' else 'percent' end as unit,
        cast(activity.numerator as double) as numerator,
        cast(activity.n as bigint) as n,
        case activity.quadrant
            when 'HOW_MUCH' then cast(activity.numerator as double)
            else 100 * activity.numerator / activity.n
        end as value,
        case
            when activity.quadrant <> 'HOW_MUCH'
                then 100 * ({{ wilson_lower('activity.numerator', 'activity.n', 'z95.value') }})
        end as lower95,
        case
            when activity.quadrant <> 'HOW_MUCH'
                then 100 * ({{ wilson_upper('activity.numerator', 'activity.n', 'z95.value') }})
        end as upper95,
        cast(null as varchar) as symbol,
        cast(null as varchar) as why_no_figure,
        cast(null as bigint) as headline_rank,
        cast(null as bigint) as data_development_rank
    from {{ ref('int_service_activity') }} as activity
    inner join {{ ref('service_measures') }} as measures
        on activity.measure_code = measures.measure_code
    inner join {{ ref('method_parameters') }} as z95 on z95.parameter = 'z95'
),

items as (
    select * from indicator_items
    union all
    select * from progress_items
    union all
    select * from activity_items
),

-- A quadrant without a measure is shown as empty, not hidden.
placed as (
    select
        subjects.local_authority_code,
        case
            when subjects.subject_kind = 'population' then 'population' else 'performance'
        end as accountability,
        subjects.subject_kind,
        subjects.subject_code,
        subjects.subject_name,
        subjects.programme_code,
        subjects.period_id,
        subjects.period_start,
        subjects.period_end,
        subjects.reporting_year,
        quadrants.quadrant,
        quadrants.place,
        case
            when quadrants.quadrant in ('HOW_MUCH', 'HOW_WELL') then 'effort'
            when quadrants.quadrant <> 'POPULATION' then 'effect'
        end as effort_or_effect,
        case
            when quadrants.quadrant in ('HOW_MUCH', 'BETTER_OFF_NUMBER') then 'quantity'
            when quadrants.quadrant <> 'POPULATION' then 'quality'
        end as quantity_or_quality,
        coalesce(items.item_kind, 'none') as item_kind,
        coalesce(items.item_code, 'none') as item_code,
        coalesce(items.item, 'Nothing is measured here yet') as item,
        items.indicator_id,
        items.framework,
        items.polarity,
        items.unit,
        items.numerator,
        items.n,
        {{ settled('items.value') }} as value,
        {{ settled('items.lower95') }} as lower95,
        {{ settled('items.upper95') }} as upper95,
        case when items.item_kind is null then '[x]' else items.symbol end as symbol,
        case
            when items.item_kind is null then 'No measure of this quadrant is held for it.'
            else items.why_no_figure
        end as why_no_figure,
        items.headline_rank,
        items.data_development_rank
    from subjects
    inner join quadrants
        on (subjects.subject_kind = 'population') = (quadrants.quadrant = 'POPULATION')
    left join items
        on subjects.local_authority_code = items.local_authority_code
        and subjects.subject_kind = items.subject_kind
        and subjects.subject_code = items.subject_code
        and subjects.period_id = items.period_id
        and quadrants.quadrant = items.quadrant
)

select
    placed.local_authority_code,
    placed.accountability,
    placed.subject_kind,
    placed.subject_code,
    placed.subject_name,
    placed.programme_code,
    placed.period_id,
    placed.period_start,
    placed.period_end,
    placed.quadrant,
    placed.effort_or_effect,
    placed.quantity_or_quality,
    cast(placed.place as integer) as display_order,
    placed.item_kind,
    placed.item_code,
    placed.item,
    placed.indicator_id,
    placed.framework,
    placed.polarity,
    placed.unit,
    placed.numerator,
    placed.n,
    placed.value,
    placed.lower95,
    placed.upper95,
    placed.symbol,
    earlier.value as year_before_value,
    {{ settled('placed.value - earlier.value') }} as change_on_year,
    case when placed.quadrant <> 'BETTER_OFF_NUMBER' then curves.reading end as curve_reading,
    placed.why_no_figure,
    placed.headline_rank,
    placed.data_development_rank,
    {{ as_at_date() }} as as_at_date
from placed
left join placed as earlier
    on placed.local_authority_code = earlier.local_authority_code
    and placed.subject_kind = earlier.subject_kind
    and placed.subject_code = earlier.subject_code
    and placed.quadrant = earlier.quadrant
    and placed.item_kind = earlier.item_kind
    and placed.item_code = earlier.item_code
    and placed.reporting_year = earlier.reporting_year + 1
left join {{ ref('indicator_curves') }} as curves
    on placed.indicator_id = curves.indicator_id
    and placed.local_authority_code = curves.local_authority_code
    and placed.period_id = curves.period_id
