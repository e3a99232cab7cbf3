with months as (
    select period_id, period_end, reporting_year from {{ ref('periods') }}
    where period_type = 'month' and period_end <= {{ as_at_date() }}
),

-- A month is read only where some source of the table looks at its last day: no file is not no
-- children.
covered as (
    select distinct
        months.period_id,
        months.period_end,
        months.reporting_year,
        turns.local_authority_code,
        turns.table_name
    from months
    inner join {{ ref('int_deciding_sources') }} as turns
        on months.period_end >= turns.days_from
        and months.period_end < turns.days_until
    where turns.deciding_source is not null
),

in_care as (
    select
        case
            when episodes.is_short_break then 'short_breaks'
            when {{ age_on('children.date_of_birth', 'covered.period_end') }} >= 18
                then 'in_care_aged_18_or_over'
            else 'in_care'
        end as cohort_code,
        covered.period_id,
        covered.period_end,
        covered.local_authority_code,
        episodes.child_id,
        care_periods.period_start_date as status_start_date,
        care_periods.is_start_held as is_status_start_held,
        episodes.legal_status_code,
        episodes.placement_type_code,
        episodes.primary_need_code,
        cast(null as varchar) as abuse_category_code,
        episodes.care_period_id,
        episodes.record_source,
        episodes._file_sha256,
        episodes._row_number
    from covered
    inner join {{ ref('int_care_episodes') }} as episodes
        on covered.local_authority_code = episodes.local_authority_code
        and {{ open_on('episodes.episode_start_date', 'episodes.episode_end_date',
            'covered.period_end') }}
    inner join {{ ref('int_care_periods') }} as care_periods
        on episodes.care_period_id = care_periods.care_period_id
    inner join {{ ref('int_children') }} as children
        on episodes.local_authority_code = children.local_authority_code
        and episodes.child_id = children.child_id
    where covered.table_name = 'care_episodes'
    -- One row per child: the episode begun last, and care proper before a short break.
    qualify row_number() over (
        partition by covered.local_authority_code, covered.period_id, episodes.child_id
        order by episodes.is_short_break asc, episodes.episode_start_date desc
    ) = 1
),

on_protection_plan as (
    select
        'protection_plan' as cohort_code,
        covered.period_id,
        covered.period_end,
        covered.local_authority_code,
        plans.child_id,
        plans.plan_start_date as status_start_date,
        true as is_status_start_held,
        cast(null as varchar) as legal_status_code,
        cast(null as varchar) as placement_type_code,
        cast(null as varchar) as primary_need_code,
        plans.latest_abuse_category_code as abuse_category_code,
        cast(null as varchar) as care_period_id,
        plans.record_source,
        plans._file_sha256,
        plans._row_number
    from covered
    inner join {{ ref('int_protection_plans') }} as plans
        on covered.local_authority_code = plans.local_authority_code
        and {{ open_on('plans.plan_start_date', 'plans.plan_end_date', 'covered.period_end') }}
    -- The nightly dataset also holds plans that another authority made and keeps.
    where covered.table_name = 'protection_plans'
        and not coalesce(plans.is_other_authority_plan, false)
    -- Two open plans of one child are a fault of the record; the child counts once.
    qualify row_number() over (
        partition by covered.local_authority_code, covered.period_id, plans.child_id
        order by plans.plan_start_date desc
    ) = 1
),

in_need as (
    select
        'child_in_need' as cohort_code,
        covered.period_id,
        covered.period_end,
        covered.local_authority_code,
        referrals.child_id,
        referrals.referral_date as status_start_date,
        true as is_status_start_held,
        cast(null as varchar) as legal_status_code,
        cast(null as varchar) as placement_type_code,
        referrals.primary_need_code,
        cast(null as varchar) as abuse_category_code,
        cast(null as varchar) as care_period_id,
        referrals.record_source,
        referrals._file_sha256,
        referrals._row_number
    from covered
    inner join {{ ref('int_referrals') }} as referrals
        on covered.local_authority_code = referrals.local_authority_code
        and {{ open_on('referrals.referral_date', 'referrals.closure_date',
            'covered.period_end') }}
        and not referrals.is_not_in_need
    where covered.table_name = 'referrals'
    qualify row_number() over (
        partition by covered.local_authority_code, covered.period_id, referrals.child_id
        order by referrals.referral_date desc
    ) = 1
),

in_early_help as (
    select
        'early_help' as cohort_code,
        covered.period_id,
        covered.period_end,
        covered.local_authority_code,
        episodes.child_id,
        episodes.episode_start_date as status_start_date,
        true as is_status_start_held,
        cast(null as varchar) as legal_status_code,
        cast(null as varchar) as placement_type_code,
        cast(null as varchar) as primary_need_code,
        cast(null as varchar) as abuse_category_code,
        cast(null as varchar) as care_period_id,
        episodes.record_source,
        episodes._file_sha256,
        episodes._row_number
    from covered
    inner join {{ ref('int_early_help_episodes') }} as episodes
        on covered.local_authority_code = episodes.local_authority_code
        and {{ open_on('episodes.episode_start_date', 'episodes.episode_end_date',
            'covered.period_end') }}
    -- A list has assessments of early help, and not until when it went on.
    where covered.table_name = 'early_help_episodes' and episodes.is_spell_held
    -- A child may be helped by two services at once, and counts once.
    qualify row_number() over (
        partition by covered.local_authority_code, covered.period_id, episodes.child_id
        order by episodes.episode_start_date desc
    ) = 1
),

last_left_care as (
    select
        local_authority_code,
        child_id,
        period_start_date,
        period_end_date
    from {{ ref('int_care_periods') }}
    where not is_short_breaks_only
),

leaver_returns as (
    select distinct local_authority_code, return_year from {{ ref('int_care_leavers') }}
    where return_year is not null
),

-- A return speaks of its whole year; where none is loaded, a list speaks of the month of its day,
-- and of two of one month the later.
listed_leavers as (
    select
        months.period_id,
        months.period_end,
        leavers.local_authority_code,
        leavers.child_id,
        leavers.contact_group,
        leavers.record_source,
        leavers._file_sha256,
        leavers._row_number
    from {{ ref('int_care_leavers') }} as leavers
    inner join months
        on leavers.return_year = months.reporting_year
        or (
            leavers.return_year is null
            and last_day(leavers.position_date) = months.period_end
        )
    left join leaver_returns
        on leavers.local_authority_code = leaver_returns.local_authority_code
        and months.reporting_year = leaver_returns.return_year
    where leavers.return_year is not null or leaver_returns.return_year is null
    qualify row_number() over (
        partition by leavers.local_authority_code, months.period_id, leavers.child_id
        order by
            leavers.return_year asc nulls last,
            leavers.position_date desc,
            leavers.record_source asc
    ) = 1
),

care_leavers as (
    select
        'care_leaver' as cohort_code,
        leavers.period_id,
        leavers.period_end,
        leavers.local_authority_code,
        leavers.child_id,
        max(left_care.period_end_date) as status_start_date,
        max(left_care.period_end_date) is not null as is_status_start_held,
        cast(null as varchar) as legal_status_code,
        cast(null as varchar) as placement_type_code,
        cast(null as varchar) as primary_need_code,
        cast(null as varchar) as abuse_category_code,
        cast(null as varchar) as care_period_id,
        leavers.record_source,
        leavers._file_sha256,
        leavers._row_number
    from listed_leavers as leavers
    left join last_left_care as left_care
        on leavers.local_authority_code = left_care.local_authority_code
        and leavers.child_id = left_care.child_id
        and left_care.period_end_date <= leavers.period_end
    -- Somebody who is still looked after on the day has not left care yet.
    left join last_left_care as still_in_care
        on leavers.local_authority_code = still_in_care.local_authority_code
        and leavers.child_id = still_in_care.child_id
        and {{ open_on('still_in_care.period_start_date', 'still_in_care.period_end_date',
            'leavers.period_end') }}
    where coalesce(leavers.contact_group, '') <> 'excluded' and still_in_care.child_id is null
    group by all
),

members as (
    select * from in_care
    union all
    select * from on_protection_plan
    union all
    select * from in_need
    union all
    select * from in_early_help
    union all
    select * from care_leavers
),

on_the_day as (
    select distinct local_authority_code, period_end, child_id from members
),

looked_after_on_the_day as (
    select distinct local_authority_code, period_end, child_id from in_care
),

-- Home on the day: the address known last that is no placement. For a child looked after it is the
-- home care began from, though the child has left it.
homes as (
    select
        on_the_day.local_authority_code,
        on_the_day.period_end,
        on_the_day.child_id,
        addresses.small_area_code
    from on_the_day
    inner join {{ ref('int_addresses') }} as addresses
        on on_the_day.local_authority_code = addresses.local_authority_code
        and on_the_day.child_id = addresses.child_id
        and addresses.known_from_date <= on_the_day.period_end
    left join looked_after_on_the_day as looked_after
        on on_the_day.local_authority_code = looked_after.local_authority_code
        and on_the_day.period_end = looked_after.period_end
        and on_the_day.child_id = looked_after.child_id
    where
        coalesce(addresses.address_type, '') not like '%placement%'
        and (
            looked_after.child_id is not null
            or addresses.address_end_date is null
            or addresses.address_end_date > on_the_day.period_end
        )
    qualify row_number() over (
        partition by
            on_the_day.local_authority_code, on_the_day.period_end, on_the_day.child_id
        order by addresses.known_from_date desc
    ) = 1
),

located as (
    select
        homes.local_authority_code,
        homes.period_end,
        homes.child_id,
        deprivation.deprivation_quintile,
        zones.zone_code
    from homes
    left join {{ ref('int_deprivation') }} as deprivation
        on homes.small_area_code = deprivation.small_area_code
        and {{ open_on('deprivation.valid_from', 'deprivation.valid_until',
            'homes.period_end') }}
    left join {{ ref('int_zones') }} as zones
        on homes.local_authority_code = zones.local_authority_code
        and homes.small_area_code = zones.small_area_code
        and {{ open_on('zones.valid_from', 'zones.valid_until', 'homes.period_end') }}
    -- Overlapping spells in a zone are a fault of the list; the one begun last is read.
    qualify row_number() over (
        partition by homes.local_authority_code, homes.period_end, homes.child_id
        order by zones.valid_from desc nulls last
    ) = 1
),

-- Who holds the case on the day: the social worker, else whoever else was allocated last. A
-- reviewing officer oversees a case and does not hold it.
allocated as (
    select
        on_the_day.local_authority_code,
        on_the_day.period_end,
        on_the_day.child_id,
        allocations.worker_id,
        allocations.team_id
    from on_the_day
    inner join {{ ref('int_allocations') }} as allocations
        on on_the_day.local_authority_code = allocations.local_authority_code
        and on_the_day.child_id = allocations.child_id
        and {{ open_on('allocations.allocation_start_date', 'allocations.allocation_end_date',
            'on_the_day.period_end') }}
    where allocations.allocation_role_code <> 'reviewing_officer'
    qualify row_number() over (
        partition by
            on_the_day.local_authority_code, on_the_day.period_end, on_the_day.child_id
        order by
            case when allocations.allocation_role_code = 'key_social_worker' then 0 else 1 end asc,
            allocations.allocation_start_date desc,
            allocations.allocation_id asc
    ) = 1
),

described as (
    select
        members.*,
        -- Of all the cohorts the child is in on the day, the one that means most support.
        max_by(cohorts.support_level, cohorts.support_rank) over (
            partition by members.local_authority_code, members.period_id, members.child_id
        ) as support_level,
        children.sex,
        {{ age_on('children.date_of_birth', 'members.period_end') }} as age_years,
        children.date_of_birth is null and children.expected_date_of_birth is not null
            as is_unborn,
        children.ethnicity_code,
        children.ethnic_group,
        children.is_unaccompanied_asylum_seeker
        and coalesce(children.asylum_status_end_date > members.period_end, true)
            as is_unaccompanied_asylum_seeker,
        {{ days_between('members.status_start_date', 'members.period_end') }} as days_in_status
    from members
    inner join {{ ref('cohorts') }} as cohorts on members.cohort_code = cohorts.cohort_code
    inner join {{ ref('int_children') }} as children
        on members.local_authority_code = children.local_authority_code
        and members.child_id = children.child_id
)

select
    described.cohort_code,
    described.local_authority_code,
    described.period_id,
    described.period_end,
    described.child_id,
    described.support_level,
    described.sex,
    described.age_years,
    case when described.is_unborn then 'Unborn' else age_bands.age_band end as age_band,
    described.ethnicity_code,
    described.ethnic_group,
    described.is_unaccompanied_asylum_seeker,
    described.status_start_date,
    described.is_status_start_held,
    described.days_in_status,
    described.legal_status_code,
    described.placement_type_code,
    placements.placement_id,
    placements.placement_start_date,
    described.primary_need_code,
    described.abuse_category_code,
    allocated.worker_id,
    allocated.team_id,
    located.deprivation_quintile,
    located.zone_code,
    described.care_period_id,
    described.record_source,
    described._file_sha256,
    described._row_number
from described
left join {{ ref('age_bands') }} as age_bands
    on described.age_years between age_bands.age_from and age_bands.age_to
left join allocated
    on described.local_authority_code = allocated.local_authority_code
    and described.period_end = allocated.period_end
    and described.child_id = allocated.child_id
left join located
    on described.local_authority_code = located.local_authority_code
    and described.period_end = located.period_end
    and described.child_id = located.child_id
left join {{ ref('int_placements') }} as placements
    on described.care_period_id = placements.care_period_id
    and {{ open_on('placements.placement_start_date', 'placements.placement_end_date',
        'described.period_end') }}
qualify row_number() over (
    partition by described.cohort_code, described.local_authority_code, described.period_id,
        described.child_id
    order by placements.placement_start_date desc nulls last
) = 1
