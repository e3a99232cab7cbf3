with thresholds as (
    select
        {{ parameter_columns(['headline_least_power', 'headline_most', 'agenda_proxy_power',
            'agenda_data_power', 'agenda_least_communication']) }}
    from {{ ref('method_parameters') }}
),

rated as (
    select
        ratings.indicator_id,
        indicators.framework,
        indicators.oba_question,
        ratings.communication_power,
        ratings.proxy_power,
        ratings.data_power,
        ratings.communication_power + ratings.proxy_power + ratings.data_power as total_power,
        indicators.oba_question in ('how_well', 'better_off')
        and ratings.data_power >= thresholds.headline_least_power
        and ratings.proxy_power >= thresholds.headline_least_power as is_eligible,
        ratings.data_power = thresholds.agenda_data_power
        and ratings.proxy_power = thresholds.agenda_proxy_power
        and ratings.communication_power >= thresholds.agenda_least_communication
            as is_to_be_developed,
        thresholds.headline_most,
        thresholds.parameter_version
    from {{ ref('indicator_ratings') }} as ratings
    inner join {{ ref('indicators') }} as indicators
        on ratings.indicator_id = indicators.indicator_id
    cross join thresholds
),

ordered as (
    select
        *,
        row_number() over (
            partition by framework, is_eligible
            order by
                total_power desc, proxy_power desc, communication_power desc,
                case when oba_question = 'better_off' then 0 else 1 end asc, indicator_id asc
        ) as place,
        row_number() over (
            partition by framework, is_to_be_developed
            order by communication_power + proxy_power desc, indicator_id asc
        ) as development_place
    from rated
),

placed as (
    select
        *,
        -- Null where nothing eligible says whether anyone is better off.
        min(case when is_eligible and oba_question = 'better_off' then place end)
            over (partition by framework) as first_better_off_place
    from ordered
)

select
    indicator_id,
    framework,
    oba_question,
    communication_power,
    proxy_power,
    data_power,
    total_power,
    case
        when not is_eligible then null
        when place < headline_most then place
        -- Effort alone is no headline set: the last place is kept for the best effect.
        when coalesce(first_better_off_place, 0) <= headline_most and place = headline_most
            then place
        when place = first_better_off_place then cast(headline_most as bigint)
    end as headline_rank,
    case when is_to_be_developed then development_place end as data_development_rank,
    parameter_version
from placed
