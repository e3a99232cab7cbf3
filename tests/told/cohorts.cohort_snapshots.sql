-- key: cohort_code, period_id, child_id
-- where: period_end >= getvariable('returned_from')
with months as (
    select period_id, reporting_year, next_period_start - 1 as period_end from counts.periods
    where period_type = 'month'
),

in_care as (
    select
        case
            when periods.is_short_breaks_only then 'short_breaks'
            when age_on(children.date_of_birth, months.period_end) >= 18
                then 'in_care_aged_18_or_over'
            else 'in_care'
        end as cohort_code,
        months.*,
        who.*,
        periods.period_start_date as status_start_date,
        episodes.legal_status_code,
        as_of_year(
            'placement_type', episodes.placement_type_code,
            last_year_of(episodes.episode_end_date)
        ) as placement_type_code,
        case when not periods.is_short_breaks_only then placements.placement_start_date end
            as placement_start_date,
        periods.primary_need_code,
        null as abuse_category_code
    from months
    cross join who
    inner join world.children on who.lived_id = children.child_id
    inner join world.care_periods as periods
        on who.lived_id = periods.child_id
        and periods.period_start_date <= months.period_end
        and coalesce(periods.period_end_date > months.period_end, true)
    inner join world.care_episodes as episodes
        on periods.care_period_id = episodes.care_period_id
        and episodes.episode_start_date <= months.period_end
        and coalesce(episodes.episode_end_date > months.period_end, true)
    inner join world.placements on episodes.placement_id = placements.placement_id
),

members as (
    select * from in_care
    union all
    select
        'protection_plan', months.*, who.*, plans.plan_start_date, null, null, null, null,
        plans.latest_abuse_category_code
    from months
    cross join who
    inner join world.protection_plans as plans
        on who.lived_id = plans.child_id
        and plans.plan_start_date <= months.period_end
        and coalesce(plans.plan_end_date > months.period_end, true)
    union all
    select
        'child_in_need', months.*, who.*, needs.referral_date, null, null, null,
        needs.primary_need_code, null
    from months
    cross join who
    inner join counts.in_need as needs
        on who.lived_id = needs.child_id
        and needs.referral_date <= months.period_end
        and coalesce(needs.closure_date > months.period_end, true)
    union all
    select
        'early_help', months.*, who.*, episodes.episode_start_date, null, null, null, null, null
    from months
    cross join who
    inner join world.early_help_episodes as episodes
        on who.lived_id = episodes.child_id
        and episodes.episode_start_date <= months.period_end
        and coalesce(episodes.episode_end_date > months.period_end, true)
    union all
    -- Those of the year's return who are not in care on the day.
    select
        'care_leaver', months.*, who.*,
        (
            select max(periods.period_end_date) from world.care_periods as periods
            where periods.child_id = who.lived_id and not periods.is_short_breaks_only
                and periods.period_end_date <= months.period_end
        ),
        null, null, null, null, null
    from months
    cross join who
    inner join world.care_leavers as leavers
        on who.lived_id = leavers.child_id
        and months.reporting_year = leavers.return_year
    where leavers.contact_code not in ('DIED', 'RHOM')
        and (leavers.age_turned <= 21 or leavers.return_year >= 2023)
        and not exists (
            select 1 from in_care
            where in_care.lived_id = who.lived_id and in_care.period_id = months.period_id
                and in_care.cohort_code <> 'short_breaks'
        )
),

-- The social worker, else whoever else was allocated last.
holders as (
    select who.lived_id, months.period_id, allocations.worker_id, allocations.team_id
    from months
    cross join who
    inner join world.allocations
        on who.lived_id = allocations.child_id
        and allocations.allocation_start_date <= months.period_end
        and coalesce(allocations.allocation_end_date > months.period_end, true)
    where allocations.allocation_role_code <> 'reviewing_officer'
    qualify row_number() over (
        partition by who.lived_id, months.period_id
        order by
            case when allocations.allocation_role_code = 'key_social_worker' then 0 else 1 end,
            allocations.allocation_start_date desc
    ) = 1
),

-- Of two addresses that begin on one day one is held, a placement before a home: whoever was placed
-- on the day of birth or of arrival has no home that is known.
addresses as (
    select * from world.addresses
    qualify row_number() over (
        partition by child_id, address_start_date order by address_id desc
    ) = 1
),

-- For a child looked after, the home that care began from.
homes as (
    select
        members.child_id,
        members.period_id,
        (small_areas.deprivation_decile + 1) // 2 as deprivation_quintile,
        small_areas.zone_code
    from (select distinct child_id, lived_id, period_id, period_end from members) as members
    inner join addresses
        on members.lived_id = addresses.child_id
        and addresses.address_type = 'home'
        and addresses.address_start_date <= members.period_end
    inner join world.small_areas on addresses.small_area_code = small_areas.small_area_code
    where coalesce(addresses.address_end_date > members.period_end, true)
        or exists (
            select 1 from in_care
            where in_care.child_id = members.child_id and in_care.period_id = members.period_id
        )
    qualify row_number() over (
        partition by members.child_id, members.period_id
        order by addresses.address_start_date desc
    ) = 1
)

select
    members.cohort_code,
    members.period_id,
    members.child_id,
    max(case members.cohort_code
        when 'in_care' then '5 looked_after'
        when 'in_care_aged_18_or_over' then '5 looked_after'
        when 'protection_plan' then '4 protection_plan'
        when 'child_in_need' then '3 child_in_need'
        when 'short_breaks' then '3 child_in_need'
        when 'care_leaver' then '2 care_leaver'
        else '1 early_help'
    end) over (partition by members.child_id, members.period_id)[3:] as support_level,
    -- Before birth -1, where the day of birth has become known since.
    age_on(known(children.date_of_birth), members.period_end) as age_years,
    members.status_start_date,
    members.period_end - members.status_start_date as days_in_status,
    members.legal_status_code,
    members.placement_type_code,
    members.placement_start_date,
    members.primary_need_code,
    members.abuse_category_code,
    children.is_unaccompanied_asylum_seeker
    and coalesce(children.asylum_status_end_date > members.period_end, true)
        as is_unaccompanied_asylum_seeker,
    pseudonym('worker', holders.worker_id) as worker_id,
    holders.team_id,
    homes.deprivation_quintile,
    homes.zone_code
from members
inner join world.children on members.lived_id = children.child_id
left join holders
    on members.lived_id = holders.lived_id and members.period_id = holders.period_id
left join homes on members.child_id = homes.child_id and members.period_id = homes.period_id
-- Of two spells of one day the one begun last.
qualify row_number() over (
    partition by members.cohort_code, members.period_id, members.child_id
    order by members.status_start_date desc
) = 1
