-- A re-referral comes within twelve months of an earlier referral of the child.
with dated as (
    select
        referrals.*,
        year(referral_date + interval 9 month) as return_year,
        coalesce(
            referral_date <= lag(referral_date) over (
                partition by child_id order by referral_date, referral_id
            ) + interval 1 year,
            false
        ) as is_again
    from world.referrals
),

counted as (
    select
        dated.local_authority_code,
        dated.return_year,
        count(*) as referral_count,
        count(*) filter (where dated.is_again) as again_count,
        count(*) filter (where dated.is_no_further_action) as no_action_count,
        count(*) filter (where dated.closure_reason_code in ('RC8', 'RC9')
            and not dated.is_no_further_action
            and dated.closure_date <= make_date(dated.return_year, 3, 31)) as not_in_need_count,
        count(distinct dated.child_id) as child_count,
        count(distinct dated.child_id) filter (where dated.is_again) as child_again_count
    from dated
    inner join published_years(210) as years on dated.return_year = years.return_year
    group by all
)

select
    cast(counted.return_year as varchar) as time_period,
    'Reporting year' as time_identifier,
    areas.* exclude (local_authority_code),
    'Referrals and Re-referrals' as category,
    shown(sum(counted.referral_count), areas.geographic_level) as referral_count,
    shown(sum(counted.again_count), areas.geographic_level) as rereferral_count,
    shown_share(
        sum(counted.again_count), sum(counted.referral_count), 100, 1, areas.geographic_level
    ) as rereferral_percent,
    shown(sum(counted.no_action_count), areas.geographic_level) as no_further_action_count,
    shown_share(
        sum(counted.no_action_count), sum(counted.referral_count), 100, 1, areas.geographic_level
    ) as no_further_action_percent,
    shown(sum(counted.not_in_need_count), areas.geographic_level) as not_in_need_count,
    shown_share(
        sum(counted.not_in_need_count), sum(counted.referral_count), 100, 1, areas.geographic_level
    ) as not_in_need_percent,
    shown(sum(counted.child_count), areas.geographic_level) as referral_child_count,
    shown(sum(counted.child_again_count), areas.geographic_level) as rereferral_child_count,
    shown_share(
        sum(counted.child_again_count), sum(counted.child_count), 100, 1, areas.geographic_level
    ) as rereferral_child_percent
from counted
inner join published_areas() as areas using (local_authority_code)
group by
    counted.return_year, areas.geographic_level, areas.country_code, areas.country_name, areas.region_code,
    areas.region_name, areas.old_la_code, areas.new_la_code, areas.la_name
order by time_period desc, geographic_level, region_code, old_la_code
