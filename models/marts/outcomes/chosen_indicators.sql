{{ config(materialized='view', contract={'enforced': false}) }}

with parameters as (
    select {{ parameter_columns(['headline_fewest', 'headline_most']) }}
    from {{ ref('method_parameters') }}
),

years as (
    select distinct
        local_authority_code,
        period_id,
        period_start,
        period_end
    from {{ ref('measured_periods') }}
    where period_type = 'year'
),

-- What the authority had decided, in force on the last day of the year.
decided as (
    select
        years.period_id,
        targets.*
    from years
    inner join {{ ref('int_targets') }} as targets
        on years.local_authority_code = targets.local_authority_code
        and {{ open_on('targets.valid_from_date', 'targets.valid_to_date', 'years.period_end') }}
    where targets.target_type_code in (
        'headline', 'high_level', 'priority_curve', 'target', 'band', 'baseline'
    )
),

-- A headline set is of three to five, no more and no fewer.
headline_sets as (
    select
        period_id,
        local_authority_code,
        list_name,
        count(distinct indicator_id) as chosen_count
    from decided
    where target_type_code = 'headline'
    group by period_id, local_authority_code, list_name
),

chosen as (
    select
        years.local_authority_code,
        years.period_id,
        choices.indicator_id,
        'framework_headline' as chosen_as,
        cast(null as varchar) as list_name,
        cast(null as bigint) as chosen_count,
        cast(null as varchar) as reason_text
    from years
    inner join {{ ref('int_headline_choices') }} as choices
        on choices.headline_rank is not null
    union all
    select
        decided.local_authority_code,
        decided.period_id,
        decided.indicator_id,
        decided.target_type_code as chosen_as,
        case
            when decided.target_type_code in ('headline', 'high_level', 'priority_curve')
                then decided.list_name
        end as list_name,
        headline_sets.chosen_count,
        case
            when decided.target_type_code in ('headline', 'high_level', 'priority_curve')
                then decided.reason_text
        end as reason_text
    from decided
    left join headline_sets
        on decided.target_type_code = 'headline'
        and decided.period_id = headline_sets.period_id
        and decided.local_authority_code = headline_sets.local_authority_code
        and decided.list_name = headline_sets.list_name
)

select
    years.local_authority_code,
    years.period_id,
    years.period_start,
    years.period_end,
    chosen.indicator_id,
    {{ join_codes('chosen.chosen_as') }} as chosen_as,
    {{ join_codes('chosen.list_name') }} as list_names,
    {{ join_codes('chosen.reason_text') }} as chosen_reason,
    max(chosen.chosen_count) as headline_set_size,
    bool_or(
        not chosen.chosen_count between parameters.headline_fewest
        and parameters.headline_most
    ) as is_set_outside_rule
from chosen
inner join years
    on chosen.local_authority_code = years.local_authority_code
    and chosen.period_id = years.period_id
cross join parameters
group by
    years.local_authority_code, years.period_id, years.period_start, years.period_end,
    chosen.indicator_id
