with decided as (
    select
        local_authority_code,
        child_id,
        adoption_decision_date,
        adoption_decision_reversed_date as decision_reversed_date,
        adoption_decision_reversed_reason_code as decision_reversed_reason_code,
        return_year,
        _file_sha256,
        _row_number
    from {{ newest_records('ssda903__placed_adoption', 'adoption_decision_date') }}
),

adopted as (
    select * from {{ newest_records('ssda903__ad1', 'should_be_placed_date') }}
),

-- The decision is returned in its year, and once more with the adoption.
decisions as (
    select * from decided
    union all
    select
        adopted.local_authority_code,
        adopted.child_id,
        adopted.should_be_placed_date as adoption_decision_date,
        cast(null as date) as decision_reversed_date,
        cast(null as varchar) as decision_reversed_reason_code,
        adopted.return_year,
        adopted._file_sha256,
        adopted._row_number
    from adopted
    left join decided
        on adopted.local_authority_code = decided.local_authority_code
        and adopted.child_id = decided.child_id
        and adopted.should_be_placed_date = decided.adoption_decision_date
    where adopted.should_be_placed_date is not null and decided.child_id is null
),

standing as (
    select
        *,
        lead(adoption_decision_date) over (
            partition by local_authority_code, child_id order by adoption_decision_date
        ) as next_decision_date
    from decisions
),

episodes as (
    select
        episodes.local_authority_code,
        episodes.child_id,
        episodes.episode_start_date,
        episodes.episode_end_date,
        episodes.episode_end_reason_code,
        coalesce(statuses.code_group = 'adoption_order', false) as is_under_placement_order,
        coalesce(types.code_group = 'adoption', false) as is_placed_for_adoption,
        coalesce(
            reasons.code_group in ('adopted', 'special_guardianship', 'child_arrangements_order'),
            false
        ) as is_ended_by_order,
        coalesce(reasons.code_group = 'adopted', false) as is_adopted,
        episodes.last_return_year as return_year,
        episodes._file_sha256,
        episodes._row_number
    from {{ ref('int_care_episodes_reported') }} as episodes
    left join {{ ref('codes') }} as statuses
        on statuses.code_set = 'legal_status' and episodes.legal_status_code = statuses.code
    left join {{ ref('codes') }} as types
        on types.code_set = 'placement_type' and episodes.placement_type_code = types.code
    left join {{ ref('codes') }} as reasons
        on reasons.code_set = 'reason_episode_ceased'
        and episodes.episode_end_reason_code = reasons.code
    where episodes.record_source = 'ssda903'
),

-- What follows a decision is part of its journey until the next one.
steps as (
    select
        standing.local_authority_code,
        standing.child_id,
        standing.adoption_decision_date,
        min(episodes.episode_start_date) filter (where episodes.is_under_placement_order)
            as placement_order_date,
        min(episodes.episode_start_date) filter (where episodes.is_placed_for_adoption)
            as placed_for_adoption_date
    from standing
    inner join episodes
        on standing.local_authority_code = episodes.local_authority_code
        and standing.child_id = episodes.child_id
        and episodes.episode_start_date >= standing.adoption_decision_date
        and coalesce(episodes.episode_start_date < standing.next_decision_date, true)
    group by all
),

-- An order ends the journey that was still open then; else it is a journey of its own.
orders as (
    select
        episodes.*,
        standing.adoption_decision_date
    from episodes
    left join standing
        on episodes.local_authority_code = standing.local_authority_code
        and episodes.child_id = standing.child_id
        and standing.adoption_decision_date <= episodes.episode_end_date
        and {{ end_or_never('standing.next_decision_date') }} > episodes.episode_end_date
        and {{ end_or_never('standing.decision_reversed_date') }} > episodes.episode_end_date
    where episodes.is_ended_by_order and episodes.episode_end_date is not null
    qualify row_number() over (
        partition by episodes.local_authority_code, episodes.child_id, episodes.episode_end_date
        order by standing.adoption_decision_date desc nulls last, episodes._row_number desc
    ) = 1
),

last_orders as (
    select * from orders
    where adoption_decision_date is not null
    qualify row_number() over (
        partition by local_authority_code, child_id, adoption_decision_date
        order by episode_end_date desc
    ) = 1
),

journeys as (
    select
        standing.local_authority_code,
        standing.child_id,
        standing.adoption_decision_date as journey_date,
        standing.adoption_decision_date,
        standing.decision_reversed_date,
        standing.decision_reversed_reason_code,
        steps.placement_order_date,
        steps.placed_for_adoption_date,
        last_orders.episode_end_date as permanence_order_date,
        last_orders.episode_end_reason_code as permanence_order_type,
        last_orders.is_adopted,
        standing.return_year,
        standing._file_sha256,
        standing._row_number
    from standing
    left join steps
        on standing.local_authority_code = steps.local_authority_code
        and standing.child_id = steps.child_id
        and standing.adoption_decision_date = steps.adoption_decision_date
    left join last_orders
        on standing.local_authority_code = last_orders.local_authority_code
        and standing.child_id = last_orders.child_id
        and standing.adoption_decision_date = last_orders.adoption_decision_date
    union all
    select
        local_authority_code,
        child_id,
        episode_end_date as journey_date,
        cast(null as date) as adoption_decision_date,
        cast(null as date) as decision_reversed_date,
        cast(null as varchar) as decision_reversed_reason_code,
        cast(null as date) as placement_order_date,
        cast(null as date) as placed_for_adoption_date,
        episode_end_date as permanence_order_date,
        episode_end_reason_code as permanence_order_type,
        is_adopted,
        return_year,
        _file_sha256,
        _row_number
    from orders
    where adoption_decision_date is null
),

-- The adoption tells of its decision; without its date, of the order that ended care.
returned as (
    select
        journeys.*,
        adopted.matched_date,
        adopted.is_adopted_by_former_carer,
        adopted.adopter_count,
        adopted.adopter_sex_code,
        adopted.adopter_legal_status_code
    from journeys
    left join adopted
        on journeys.local_authority_code = adopted.local_authority_code
        and journeys.child_id = adopted.child_id
        and coalesce(
            adopted.should_be_placed_date = journeys.adoption_decision_date,
            adopted.should_be_placed_date is null and journeys.is_adopted
        )
    qualify row_number() over (
        partition by journeys.local_authority_code, journeys.child_id, journeys.journey_date
        order by
            adopted.should_be_placed_date desc nulls last,
            adopted.return_year desc nulls last,
            journeys.adoption_decision_date desc nulls last
    ) = 1
),

{% set first_dates = 'adoption_decision_date, permanence_order_date, placement_order_date,'
    ~ ' early_permanence_date, matched_date, placed_for_adoption_date, decision_reversed_date' %}
{% set keys = ['adoption_decision_date', 'permanence_order_date', 'placement_order_date',
    'early_permanence_date', 'matched_date', 'placed_for_adoption_date'] %}

exported as (
    select
        *,
        coalesce({{ first_dates }}) as journey_date
    from {{ newest_records('ssd__permanence', keys) }}
    where coalesce({{ first_dates }}) is not null
    qualify row_number() over (
        partition by local_authority_code, child_id, coalesce({{ first_dates }})
        order by _row_number desc
    ) = 1
),

listed as (
    select
        lists.*,
        reasons.code_group as reason_code,
        coalesce({{ first_dates }}) as journey_date
    from {{ newest_records('annex_a__adoption', 'adoption_decision_date') }} as lists
    left join {{ ref('codes') }} as reasons
        on reasons.code_set = 'annex_a_adoption_reversal'
        and lists.decision_reversed_reason_code = reasons.code
    where coalesce({{ first_dates }}) is not null
    qualify row_number() over (
        partition by lists.local_authority_code, lists.child_id, coalesce({{ first_dates }})
        order by lists.exported_date desc nulls last, lists._row_number desc
    ) = 1
),

stated as (
    select
        {{ stated_columns('adoption_journeys', 'ssda903', [
            'child_id', 'journey_date', 'adoption_decision_date', 'decision_reversed_date',
            'decision_reversed_reason_code', 'placement_order_date', 'matched_date',
            'placed_for_adoption_date', 'permanence_order_date', 'permanence_order_type',
            'is_adopted_by_former_carer', 'adopter_count', 'adopter_sex_code',
            'adopter_legal_status_code',
        ]) }}
    from returned as newest
    union all
    select
        {{ stated_columns('adoption_journeys', 'ssd', [
            'child_id', 'journey_date', 'adoption_decision_date', 'decision_reversed_date',
            'decision_reversed_reason_code', 'placement_order_date', 'matched_date',
            'placed_for_adoption_date', 'early_permanence_date', 'permanence_order_date',
            'permanence_order_type', 'is_adopted_by_former_carer', 'adopter_count',
            'adopter_sex_code', 'adopter_legal_status_code', 'siblings_placed_together_count',
            'siblings_placed_apart_count',
        ]) }}
    from exported as newest
    union all
    select
        {{ stated_columns('adoption_journeys', 'annex_a', [
            'child_id', 'journey_date', 'adoption_decision_date', 'decision_reversed_date',
            'placement_order_date', 'matched_date', 'placed_for_adoption_date',
            'early_permanence_date', 'permanence_order_date',
        ], {'decision_reversed_reason_code': 'newest.reason_code'}) }}
    from listed as newest
)

select * from {{ judged_rows('adoption_journeys', 'stated') }}
