{{ config(materialized='ephemeral', contract={'enforced': false}) }}

select
    comparable.indicator_id,
    figures.area_type_code,
    figures.area_code,
    figures.local_authority_code,
    figures.reporting_year,
    -- Of a count only the rate that is made of it may be compared.
    {{ settled(
        "case when published.unit = 'count' then figures.exact_value "
        ~ 'else coalesce(figures.exact_value, figures.value) end'
    ) }} as figure,
    figures.count_number,
    figures.denominator
from {{ ref('comparable_indicators') }} as comparable
inner join {{ ref('published_indicators') }} as published
    on comparable.published_indicator_id = published.published_indicator_id
inner join {{ ref('int_published_values') }} as figures
    on comparable.published_indicator_id = figures.published_indicator_id
