with parameters as (
    select {{ parameter_columns(['whole_percent_below']) }}
    from {{ ref('method_parameters') }}
),

released_places as (
    select
        activity.*,
        withheld.table_code is not null as is_withheld
    from {{ ref('int_service_activity') }} as activity
    left join {{ withheld_rows() }} as withheld
        on withheld.table_code = 'places'
        and activity.local_authority_code = withheld.local_authority_code
        and activity.period_id = withheld.period_id
        and activity.subject_kind = withheld.breakdown
        and activity.subject_code = withheld.breakdown_value
),

-- Every figure again, from the table that it is released in.
figures as (
    select
        cards.local_authority_code,
        cards.subject_kind,
        cards.subject_code,
        cards.period_id,
        cards.quadrant,
        cards.item_kind,
        cards.item_code,
        case cards.item_kind
            when 'indicator' then indicators.numerator
            when 'progress' then case cards.quadrant
                when 'HOW_MUCH' then progress.n_in_scope
                when 'HOW_WELL' then case
                    when progress.n_eligible is not null then progress.n_known
                end
                else progress.n_better
            end
            when 'places' then case when not places.is_withheld then places.numerator end
        end as numerator,
        case cards.item_kind
            when 'indicator' then {{ resting_n('indicators', 'catalogue.unknown_policy') }}
            when 'progress' then case cards.quadrant
                when 'HOW_MUCH' then progress.n_in_scope
                when 'HOW_WELL' then case
                    when progress.n_known is not null then progress.n_eligible
                end
                else progress.n_known
            end
            when 'places' then case when not places.is_withheld then places.n end
        end as n,
        case cards.item_kind
            when 'indicator' then case
                when cards.quadrant <> 'BETTER_OFF_NUMBER' or indicators.unit <> 'percent'
                    then indicators.value
                when cards.value is not null then indicators.numerator
            end
            when 'progress' then case cards.quadrant
                when 'HOW_MUCH' then progress.n_in_scope
                when 'HOW_WELL' then case
                    when progress.n_known is not null then {{ percent_half_up(
                        'progress.n_known', 'progress.n_eligible',
                        'case when progress.n_eligible < parameters.whole_percent_below then 0 '
                        ~ 'else 1 end'
                    ) }}
                end
                when 'BETTER_OFF_NUMBER' then case
                    when cards.value is not null then progress.n_better
                end
                else progress.value
            end
            when 'places' then case
                when places.is_withheld then null
                when cards.quadrant = 'HOW_MUCH' then places.numerator
                else {{ percent_half_up(
                    'places.numerator', 'places.n',
                    'case when places.n < parameters.whole_percent_below then 0 else 1 end'
                ) }}
            end
        end as value,
        {%- for limit in ['lower95', 'upper95'] %}
        case
            when cards.{{ limit }} is null then null
            when cards.item_kind = 'indicator' then indicators.{{ limit }}
            when cards.item_kind = 'progress' then progress.{{ limit }}
            when cards.item_kind = 'places' and not places.is_withheld
                then {{ round_half_up('cards.' ~ limit, 1) }}
        end as {{ limit }},
        {%- endfor %}
        indicators.symbol as indicator_symbol,
        progress.symbol as progress_symbol
    from {{ ref('scorecards') }} as cards
    cross join parameters
    left join {{ ref('indicators') }} as catalogue
        on cards.indicator_id = catalogue.indicator_id
    left join {{ ref('released_indicator_values') }} as indicators
        on cards.indicator_id = indicators.indicator_id
        and cards.local_authority_code = indicators.local_authority_code
        and cards.period_id = indicators.period_id
        and indicators.breakdown = 'all'
    left join {{ ref('released_progress_summaries') }} as progress
        on cards.item_kind = 'progress'
        and cards.local_authority_code = progress.local_authority_code
        and cards.period_id = progress.period_id
        and cards.item_code = progress.domain_code
        and progress.measure_code = 'all'
        and progress.breakdown = {{ progress_breakdown('cards.subject_kind') }}
        and progress.breakdown_value
        = case cards.subject_kind when 'authority' then 'All' else cards.subject_code end
    left join released_places as places
        on cards.item_kind = 'places'
        and cards.local_authority_code = places.local_authority_code
        and cards.subject_kind = places.subject_kind
        and cards.subject_code = places.subject_code
        and cards.period_id = places.period_id
        and cards.item_code = places.measure_code
)

select
    cards.local_authority_code,
    cards.accountability,
    cards.subject_kind,
    cards.subject_code,
    cards.subject_name,
    cards.programme_code,
    cards.period_id,
    cards.period_start,
    cards.period_end,
    cards.quadrant,
    cards.effort_or_effect,
    cards.quantity_or_quality,
    cards.display_order,
    cards.item_kind,
    cards.item_code,
    cards.item,
    cards.indicator_id,
    cards.framework,
    cards.polarity,
    cards.unit,
    cast(figures.numerator as double) as numerator,
    cast(figures.n as bigint) as n,
    cast(figures.value as double) as value,
    cast(figures.lower95 as double) as lower95,
    cast(figures.upper95 as double) as upper95,
    case
        when cards.value is not null and figures.value is null
            then coalesce(figures.indicator_symbol, '[c]')
        when cards.item_kind = 'indicator' then coalesce(figures.indicator_symbol, cards.symbol)
        when cards.item_kind = 'progress' and figures.progress_symbol = '[c]' then '[c]'
        else cards.symbol
    end as symbol,
    cast(earlier.value as double) as year_before_value,
    {{ settled('figures.value - earlier.value') }} as change_on_year,
    case when cards.quadrant <> 'BETTER_OFF_NUMBER' then curves.reading end as curve_reading,
    cards.why_no_figure,
    cards.headline_rank,
    cards.data_development_rank,
    cards.as_at_date
from {{ ref('scorecards') }} as cards
inner join figures
    on cards.local_authority_code = figures.local_authority_code
    and cards.subject_kind = figures.subject_kind
    and cards.subject_code = figures.subject_code
    and cards.period_id = figures.period_id
    and cards.quadrant = figures.quadrant
    and cards.item_kind = figures.item_kind
    and cards.item_code = figures.item_code
inner join {{ ref('periods') }} as years on cards.period_id = years.period_id
left join {{ ref('periods') }} as years_before
    on years.reporting_year = years_before.reporting_year + 1
    and years_before.period_type = 'year'
left join figures as earlier
    on cards.local_authority_code = earlier.local_authority_code
    and cards.subject_kind = earlier.subject_kind
    and cards.subject_code = earlier.subject_code
    and years_before.period_id = earlier.period_id
    and cards.quadrant = earlier.quadrant
    and cards.item_kind = earlier.item_kind
    and cards.item_code = earlier.item_code
left join {{ ref('released_indicator_curves') }} as curves
    on cards.indicator_id = curves.indicator_id
    and cards.local_authority_code = curves.local_authority_code
    and cards.period_id = curves.period_id
