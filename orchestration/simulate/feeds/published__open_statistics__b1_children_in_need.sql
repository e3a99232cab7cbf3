-- A referral without further action is no episode of need, nor is one that was closed by the end of
-- the year because the child was found not to be in need.
with counted as (
    select
        referrals.local_authority_code,
        years.return_year,
        count(*) as any_point,
        count(distinct referrals.child_id) as any_point_children,
        count(*) filter (where referrals.referral_date >= years.first_day) as started,
        count(distinct referrals.child_id) filter (where referrals.referral_date >= years.first_day)
            as started_children,
        count(*) filter (where referrals.closure_date <= years.last_day) as ended,
        count(distinct referrals.child_id) filter (where referrals.closure_date <= years.last_day)
            as ended_children,
        count(*) filter (where coalesce(referrals.closure_date > years.last_day, true)) as at_31
    from world.referrals
    inner join (
        select
            return_year,
            make_date(return_year - 1, 4, 1) as first_day,
            make_date(return_year, 3, 31) as last_day
        from published_years(210)
    ) as years
        on
            referrals.referral_date <= years.last_day
            and coalesce(referrals.closure_date >= years.first_day, true)
    where not referrals.is_no_further_action
        and not coalesce(
            referrals.closure_reason_code in ('RC8', 'RC9')
            and referrals.closure_date <= years.last_day,
            false
        )
    group by all
)

select
    cast(counted.return_year as varchar) as time_period,
    'Reporting year' as time_identifier,
    areas.* exclude (local_authority_code),
    'Children in Need' as category,
    shown(sum(counted.any_point), areas.geographic_level) as "Anypoint_episodes",
    shown(sum(counted.any_point_children), areas.geographic_level) as "Anypoint_child",
    shown(sum(counted.started), areas.geographic_level) as "Started_episodes",
    shown(sum(counted.started_children), areas.geographic_level) as "Started_child",
    shown(sum(counted.ended), areas.geographic_level) as "Ended_episodes",
    shown(sum(counted.ended_children), areas.geographic_level) as "Ended_child",
    shown(sum(counted.at_31), areas.geographic_level) as "At31_episodes"
from counted
inner join published_areas() as areas using (local_authority_code)
group by
    counted.return_year, areas.geographic_level, areas.country_code, areas.country_name, areas.region_code,
    areas.region_name, areas.old_la_code, areas.new_la_code, areas.la_name
order by time_period desc, geographic_level, region_code, old_la_code
