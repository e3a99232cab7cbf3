-- The days on which anything of a child may change.
with homes as (
    select * from {{ ref('int_addresses') }}
    where coalesce(address_type, '') not like '%placement%' and small_area_code is not null
),

placed_homes as (
    select
        homes.*,
        deprivation.deprivation_quintile,
        zones.zone_code,
        greatest(
            homes.known_from_date,
            coalesce(deprivation.valid_from, homes.known_from_date),
            coalesce(zones.valid_from, homes.known_from_date)
        ) as placed_from_date
    from homes
    left join {{ ref('int_deprivation') }} as deprivation
        on homes.small_area_code = deprivation.small_area_code
        and coalesce(deprivation.valid_until > homes.known_from_date, true)
    left join {{ ref('int_zones') }} as zones
        on homes.local_authority_code = zones.local_authority_code
        and homes.small_area_code = zones.small_area_code
        and coalesce(zones.valid_until > homes.known_from_date, true)
        and coalesce(zones.valid_until > deprivation.valid_from, true)
        and coalesce(zones.valid_from < deprivation.valid_until, true)
),

days as (
    -- Who never had a case has a sex, a disability and so on all the same.
    select
        local_authority_code,
        child_id,
        cast('0001-01-01' as date) as day
    from {{ ref('int_children') }}
    union
    select local_authority_code, child_id, asylum_status_end_date as day
    from {{ ref('int_children') }}
    where is_unaccompanied_asylum_seeker
    union
    select local_authority_code, child_id, episode_start_date as day
    from {{ ref('int_care_episodes') }}
    union
    select local_authority_code, child_id, {{ day_after('episode_end_date') }} as day
    from {{ ref('int_care_episodes') }}
    union
    select local_authority_code, child_id, allocation_start_date as day
    from {{ ref('int_allocations') }}
    union
    select local_authority_code, child_id, allocation_end_date as day
    from {{ ref('int_allocations') }}
    union
    select local_authority_code, child_id, referral_date as day
    from {{ ref('int_referrals') }}
    union
    select local_authority_code, child_id, closure_date as day
    from {{ ref('int_referrals') }}
    union
    select local_authority_code, child_id, placed_from_date as day
    from placed_homes
),

spans as (
    select
        local_authority_code,
        child_id,
        day as valid_from,
        lead(day) over (
            partition by local_authority_code, child_id order by day
        ) as valid_until
    from days
    where day is not null
),

-- The social worker's team, else that of whoever else was allocated last; a reviewing officer
-- oversees a case and does not hold it.
held as (
    select
        spans.local_authority_code,
        spans.child_id,
        spans.valid_from,
        allocations.team_id
    from spans
    inner join {{ ref('int_allocations') }} as allocations
        on spans.local_authority_code = allocations.local_authority_code
        and spans.child_id = allocations.child_id
        and allocations.team_id is not null
        and {{ open_on('allocations.allocation_start_date', 'allocations.allocation_end_date',
            'spans.valid_from') }}
    where allocations.allocation_role_code <> 'reviewing_officer'
    qualify row_number() over (
        partition by spans.local_authority_code, spans.child_id, spans.valid_from
        order by
            case when allocations.allocation_role_code = 'key_social_worker' then 0 else 1 end asc,
            allocations.allocation_start_date desc,
            allocations.allocation_id asc
    ) = 1
),

referred as (
    select
        spans.local_authority_code,
        spans.child_id,
        spans.valid_from,
        referrals.referral_source_group,
        referrals.primary_need_code,
        case
            when {{ open_on('referrals.referral_date', 'referrals.closure_date',
                'spans.valid_from') }} or referrals.referral_date = spans.valid_from
                then referrals.team_id
        end as team_id
    from spans
    inner join {{ ref('int_referrals') }} as referrals
        on spans.local_authority_code = referrals.local_authority_code
        and spans.child_id = referrals.child_id
        and referrals.referral_date <= spans.valid_from
    qualify row_number() over (
        partition by spans.local_authority_code, spans.child_id, spans.valid_from
        order by referrals.referral_date desc
    ) = 1
),

-- Care proper before a short break. Who leaves care on the day is read by what they leave.
looked_after as (
    select
        spans.local_authority_code,
        spans.child_id,
        spans.valid_from,
        episodes.legal_status_code,
        episodes.placement_type_code,
        episodes.placement_provider_code,
        episodes.primary_need_code
    from spans
    inner join {{ ref('int_care_episodes') }} as episodes
        on spans.local_authority_code = episodes.local_authority_code
        and spans.child_id = episodes.child_id
        and spans.valid_from >= episodes.episode_start_date
        and coalesce(spans.valid_from <= episodes.episode_end_date, true)
    qualify row_number() over (
        partition by spans.local_authority_code, spans.child_id, spans.valid_from
        order by
            episodes.is_short_break asc,
            episodes.episode_start_date desc,
            episodes.care_episode_id asc
    ) = 1
),

-- No source dates a disability.
disabled as (
    select distinct local_authority_code, child_id from {{ ref('int_disabilities') }}
),

at_home as (
    select
        spans.local_authority_code,
        spans.child_id,
        spans.valid_from,
        placed_homes.deprivation_quintile,
        placed_homes.zone_code
    from spans
    inner join placed_homes
        on spans.local_authority_code = placed_homes.local_authority_code
        and spans.child_id = placed_homes.child_id
        and placed_homes.placed_from_date <= spans.valid_from
    qualify row_number() over (
        partition by spans.local_authority_code, spans.child_id, spans.valid_from
        order by placed_homes.placed_from_date desc, placed_homes.known_from_date desc
    ) = 1
)

select
    spans.local_authority_code,
    spans.child_id,
    spans.valid_from,
    spans.valid_until,
    coalesce(held.team_id, referred.team_id) as team_id,
    referred.referral_source_group,
    coalesce(looked_after.primary_need_code, referred.primary_need_code) as primary_need_code,
    looked_after.legal_status_code,
    looked_after.placement_type_code,
    looked_after.placement_provider_code,
    case when disabled.child_id is not null then 'Yes' else 'No' end as disability,
    case
        when coalesce(children.is_unaccompanied_asylum_seeker, false)
            and coalesce(children.asylum_status_end_date > spans.valid_from, true)
            then 'Yes'
        else 'No'
    end as unaccompanied_asylum_seeker,
    at_home.deprivation_quintile,
    at_home.zone_code
from spans
left join held
    on spans.local_authority_code = held.local_authority_code
    and spans.child_id = held.child_id
    and spans.valid_from = held.valid_from
left join referred
    on spans.local_authority_code = referred.local_authority_code
    and spans.child_id = referred.child_id
    and spans.valid_from = referred.valid_from
left join at_home
    on spans.local_authority_code = at_home.local_authority_code
    and spans.child_id = at_home.child_id
    and spans.valid_from = at_home.valid_from
left join looked_after
    on spans.local_authority_code = looked_after.local_authority_code
    and spans.child_id = looked_after.child_id
    and spans.valid_from = looked_after.valid_from
left join {{ ref('int_children') }} as children
    on spans.local_authority_code = children.local_authority_code
    and spans.child_id = children.child_id
left join disabled
    on spans.local_authority_code = disabled.local_authority_code
    and spans.child_id = disabled.child_id
