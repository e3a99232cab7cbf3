with identities as (
    select * from {{ ref('int_identities') }}
    where record_source = 'local'
),

prices as (
    select
        costs.*,
        identities.child_id
    from {{ ref('stg_local__placement_costs') }} as costs
    inner join identities
        on costs.local_authority_code = identities.local_authority_code
        and costs.person_key = identities.person_key
    -- Two senders may price one placement: the row of the later export counts.
    qualify row_number() over (
        partition by
            costs.local_authority_code, identities.child_id, costs.placement_start_date,
            costs.cost_start_date
        order by costs.exported_date desc nulls last, costs.source_system asc, costs._row_number desc
    ) = 1
),

ended as (
    select
        prices.*,
        placements.placement_id,
        least(
            prices.cost_end_date,
            placements.placement_end_date,
            lead(prices.cost_start_date) over (
                partition by
                    prices.local_authority_code, prices.child_id, prices.placement_start_date
                order by prices.cost_start_date
            )
        ) as paid_until_date
    from prices
    left join {{ ref('int_placements') }} as placements
        on prices.local_authority_code = placements.local_authority_code
        and prices.child_id = placements.child_id
        and prices.placement_start_date = placements.placement_start_date
)

select
    local_authority_code,
    child_id,
    placement_start_date,
    placement_id,
    cost_start_date,
    paid_until_date as cost_end_date,
    provider_code,
    procurement_code,
    -- In pence, so that sums are the same in whichever order they are made.
    cast(round(weekly_cost_gbp * 100) as bigint) as weekly_cost_pence,
    cast(
        round((coalesce(weekly_health_gbp, 0) + coalesce(weekly_education_gbp, 0)) * 100) as bigint
    ) as weekly_others_pence,
    _file_sha256,
    _row_number
from ended
where coalesce(paid_until_date > cost_start_date, true)
