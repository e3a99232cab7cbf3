with years as (
    select
        period_id,
        period_start,
        least(period_end, {{ as_at_date() }}) as last_day
    from {{ ref('periods') }}
    where period_type = 'year' and period_start <= {{ as_at_date() }}
),

identities as (
    select * from {{ ref('int_identities') }}
    where record_source = 'local'
),

-- ---- who is helped, in what, and whether it is known what that cost ----
-- A child counts once, where they were placed last in the year, with all that the year cost.
placed as (
    select
        placements.local_authority_code,
        placements.child_id,
        years.period_id,
        placements.placement_type_code,
        placements.placement_provider_code
    from {{ ref('int_placements') }} as placements
    inner join years
        on placements.placement_start_date <= years.last_day
        and coalesce(placements.placement_end_date > years.period_start, true)
    qualify row_number() over (
        partition by placements.local_authority_code, placements.child_id, years.period_id
        order by placements.placement_start_date desc, placements.placement_id asc
    ) = 1
),

priced as (
    select
        costs.local_authority_code,
        costs.child_id,
        years.period_id,
        costs.weekly_cost_pence,
        costs.weekly_others_pence,
        {{ days_between(
            'greatest(costs.cost_start_date, years.period_start)',
            'least(costs.cost_end_date, ' ~ day_after('years.last_day') ~ ')'
        ) }} as day_count
    from {{ ref('int_placement_costs') }} as costs
    inner join years
        on costs.cost_start_date <= years.last_day
        and coalesce(costs.cost_end_date > years.period_start, true)
),

-- In sevenths of a penny, a price a week being paid by the day: whole numbers, whose sums are the
-- same in whichever order they are made.
paid as (
    select
        local_authority_code,
        child_id,
        period_id,
        sum(weekly_cost_pence * day_count) as cost_sevenths,
        sum(weekly_others_pence * day_count) as others_sevenths
    from priced
    group by local_authority_code, child_id, period_id
),

-- A line pays for its services, and a service may have its own.
payers as (
    select
        local_authority_code,
        service_code,
        'service_line' as breakdown,
        coalesce(service_line_code, 'Not known') as breakdown_value
    from {{ ref('int_services') }}
    union all
    select
        local_authority_code,
        service_code,
        'service' as breakdown,
        service_code as breakdown_value
    from {{ ref('int_services') }}
),

spent as (
    select
        spend.local_authority_code,
        years.period_id,
        spend.service_line_code,
        spend.service_code,
        types.code is not null as is_income,
        cast(round(spend.amount_gbp * 100) as bigint) as pence
    from {{ ref('stg_local__spend') }} as spend
    inner join years on spend.period_start_date between years.period_start and years.last_day
    left join {{ ref('codes') }} as types
        on types.code_set = 'spend_type'
        and types.code_group in ('C4', 'C5')
        and spend.spend_type_code = types.code
    where spend.basis_code = 'outturn'
),

spent_on as (
    {%- for breakdown, column in [
        ('service_line', 'service_line_code'), ('service', 'service_code'),
    ] %}
    select
        local_authority_code,
        period_id,
        '{{ breakdown }}' as breakdown,
        {{ column }} as breakdown_value,
        sum(case when not is_income then 7 * pence end) as cost_sevenths,
        -- However the sign of income is written.
        sum(case when is_income then 7 * abs(pence) else 0 end) as others_sevenths
    from spent
    where {{ column }} is not null
    group by local_authority_code, period_id, {{ column }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

places as (
    select
        held.local_authority_code,
        held.service_code,
        held.holder_key as child_id,
        held.start_date,
        held.end_date
    from {{ places_of_children(newest_places()) }} as held
),

served as (
    select distinct
        places.local_authority_code,
        places.child_id,
        years.period_id,
        payers.breakdown,
        payers.breakdown_value
    from places
    inner join years
        on places.start_date <= years.last_day
        and coalesce(places.end_date > years.period_start, true)
    inner join payers
        on places.local_authority_code = payers.local_authority_code
        and places.service_code = payers.service_code
),

helped as (
    {%- for breakdown, value in [
        ('all', "'All'"),
        ('placement_type', "coalesce(placed.placement_type_code, 'Not known')"),
        ('placement_provider', "coalesce(placed.placement_provider_code, 'Not known')"),
    ] %}
    select
        'placement_costs' as cost_source,
        placed.local_authority_code,
        placed.period_id,
        '{{ breakdown }}' as breakdown,
        {{ value }} as breakdown_value,
        placed.child_id,
        paid.cost_sevenths,
        paid.others_sevenths,
        paid.child_id is not null as is_costed
    from placed
    left join paid
        on placed.local_authority_code = paid.local_authority_code
        and placed.child_id = paid.child_id
        and placed.period_id = paid.period_id
    union all
    {%- endfor %}
    select
        'spend' as cost_source,
        served.local_authority_code,
        served.period_id,
        served.breakdown,
        served.breakdown_value,
        served.child_id,
        null as cost_sevenths,
        null as others_sevenths,
        spent_on.cost_sevenths is not null as is_costed
    from served
    left join spent_on
        on served.local_authority_code = spent_on.local_authority_code
        and served.period_id = spent_on.period_id
        and served.breakdown = spent_on.breakdown
        and served.breakdown_value = spent_on.breakdown_value
),

-- ---- how they fare: over everything, and over what the payer's services follow ----
followed as (
    select
        local_authority_code,
        period_id,
        child_id,
        service_code,
        change_group
    from {{ ref('child_progress') }}
    where period_type = 'year' and is_due and not is_whole_tool
),

followed_under as (
    select
        'placement_costs' as cost_source,
        followed.*,
        'all' as breakdown,
        'All' as breakdown_value
    from followed
    union all
    select
        'spend' as cost_source,
        followed.*,
        payers.breakdown,
        payers.breakdown_value
    from followed
    inner join payers
        on followed.local_authority_code = payers.local_authority_code
        and followed.service_code = payers.service_code
),

over_measures as (
    select
        cost_source,
        local_authority_code,
        period_id,
        child_id,
        breakdown,
        breakdown_value,
        {%- for group in ['better', 'same', 'worse', 'mixed', 'too_soon', 'not_known'] %}
        count(*) filter (where change_group = '{{ group }}') as {{ group }}_count
        {{- ',' if not loop.last }}
        {%- endfor %}
    from followed_under
    group by
        cost_source, local_authority_code, period_id, child_id, breakdown, breakdown_value
),

fared as (
    select
        *,
        {{ change_over_measures() }} as change_group
    from over_measures
),

counted as (
    select
        helped.cost_source,
        helped.local_authority_code,
        helped.period_id,
        helped.breakdown,
        helped.breakdown_value,
        count(*) as n_children,
        count(*) filter (where helped.is_costed) as n_costed,
        sum(helped.cost_sevenths) as cost_sevenths,
        sum(helped.others_sevenths) as others_sevenths,
        count(*) filter (
            where helped.is_costed and fared.change_group in ('better', 'same', 'worse', 'mixed')
        ) as n_known,
        count(*) filter (where helped.is_costed and fared.change_group = 'better') as n_better,
        count(*) filter (where helped.is_costed and fared.change_group = 'worse') as n_worse
    from helped
    left join fared
        on helped.cost_source = fared.cost_source
        and helped.local_authority_code = fared.local_authority_code
        and helped.period_id = fared.period_id
        and helped.child_id = fared.child_id
        and case helped.cost_source when 'spend' then helped.breakdown else 'all' end
        = fared.breakdown
        and case helped.cost_source when 'spend' then helped.breakdown_value else 'All' end
        = fared.breakdown_value
    group by
        helped.cost_source, helped.local_authority_code, helped.period_id, helped.breakdown,
        helped.breakdown_value
),

-- A line that keeps no places has a cost and nobody to share it.
with_costs as (
    select
        coalesce(counted.cost_source, 'spend') as cost_source,
        coalesce(counted.local_authority_code, spent_on.local_authority_code)
            as local_authority_code,
        coalesce(counted.period_id, spent_on.period_id) as period_id,
        coalesce(counted.breakdown, spent_on.breakdown) as breakdown,
        coalesce(counted.breakdown_value, spent_on.breakdown_value) as breakdown_value,
        counted.n_children,
        counted.n_costed,
        counted.n_known,
        counted.n_better,
        counted.n_worse,
        cast(coalesce(spent_on.cost_sevenths, counted.cost_sevenths) as double) / 700
            as total_cost_gbp,
        cast(coalesce(spent_on.others_sevenths, counted.others_sevenths) as double) / 700
            as paid_by_others_gbp
    from counted
    full outer join spent_on
        on counted.cost_source = 'spend'
        and counted.local_authority_code = spent_on.local_authority_code
        and counted.period_id = spent_on.period_id
        and counted.breakdown = spent_on.breakdown
        and counted.breakdown_value = spent_on.breakdown_value
)

select
    local_authority_code,
    period_id,
    cost_source,
    breakdown,
    breakdown_value,
    n_children,
    n_costed,
    {{ settled('100.0 * (n_children - n_costed) / nullif(n_children, 0)') }} as percent_without_cost,
    round(total_cost_gbp, 2) as total_cost_gbp,
    round(paid_by_others_gbp, 2) as paid_by_others_gbp,
    round(total_cost_gbp / nullif(n_costed, 0), 2) as cost_per_child_gbp,
    n_known,
    n_better,
    n_worse,
    round(total_cost_gbp / nullif(n_better, 0), 2) as cost_per_child_better_gbp,
    {{ as_at_date() }} as as_at_date
from with_costs
