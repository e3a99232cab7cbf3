with in_care as (
    select
        periods.*,
        years.return_year,
        make_date(years.return_year, 3, 31) as last_day
    from world.care_periods as periods
    inner join published_years(235) as years
        on
            periods.period_start_date <= make_date(years.return_year, 3, 31)
            and coalesce(periods.period_end_date > make_date(years.return_year, 3, 31), true)
    where not periods.is_short_breaks_only
),

placed as (
    select
        in_care.local_authority_code,
        in_care.return_year,
        in_care.child_id,
        count(*) filter (
            where coalesce(placements.placement_end_date > in_care.last_day - interval 1 year, true)
        ) as year_count,
        count(*) filter (
            where coalesce(placements.placement_end_date > in_care.last_day - interval 2 year, true)
        ) as two_year_count,
        any_value(in_care.period_start_date) <= any_value(in_care.last_day) - interval 2 year
            as is_two_years,
        age_on(any_value(children.date_of_birth), any_value(in_care.last_day)) < 16
        and any_value(in_care.period_start_date) <= any_value(in_care.last_day) - interval 30 month
            as is_long_term,
        max(placements.placement_start_date) filter (
            where coalesce(placements.placement_end_date > in_care.last_day, true)
        ) <= any_value(in_care.last_day) - interval 2 year as is_settled
    from in_care
    inner join world.children on in_care.child_id = children.child_id
    inner join world.placements
        on
            in_care.child_id = placements.child_id
            and placements.placement_start_date <= in_care.last_day
    group by all
),

counted as (
    select
        local_authority_code,
        return_year,
        'CLA on 31 March' as cla_group,
        'With 3 or more placements during the year' as placement_stability,
        count(*) filter (where year_count >= 3) as children_count,
        count(*) as whole
    from placed
    group by all
    union all
    select
        local_authority_code,
        return_year,
        'CLA on 31 March',
        'Total children',
        count(*),
        count(*)
    from placed
    group by all
    union all
    select
        local_authority_code,
        return_year,
        'CLA 2 years on 31 March',
        'With 3 or more placements during the previous 2 years',
        count(*) filter (where two_year_count >= 3),
        count(*)
    from placed
    where is_two_years
    group by all
    union all
    select
        local_authority_code,
        return_year,
        'CLA 2 years on 31 March',
        'Total children',
        count(*),
        count(*)
    from placed
    where is_two_years
    group by all
    union all
    select
        local_authority_code,
        return_year,
        'Children looked after continuously for at least 2.5 years on 31 March aged under 16 years',
        'Living with the same carer for at least 2 years',
        count(*) filter (where is_settled),
        count(*)
    from placed
    where is_long_term
    group by all
    union all
    select
        local_authority_code,
        return_year,
        'Children looked after continuously for at least 2.5 years on 31 March aged under 16 years',
        'Total children',
        count(*),
        count(*)
    from placed
    where is_long_term
    group by all
)

select
    cast(counted.return_year as varchar) as time_period,
    'Reporting year' as time_identifier,
    areas.* exclude (local_authority_code),
    counted.cla_group,
    counted.placement_stability,
    shown(sum(counted.children_count), areas.geographic_level) as children_count,
    shown_share(
        sum(counted.children_count), sum(counted.whole), 100, 0, areas.geographic_level
    ) as children_percent
from counted
inner join published_areas() as areas using (local_authority_code)
group by
    counted.return_year, areas.geographic_level, areas.country_code, areas.country_name, areas.region_code,
    areas.region_name, areas.old_la_code, areas.new_la_code, areas.la_name, counted.cla_group,
    counted.placement_stability
order by
    time_period desc, geographic_level, region_code, old_la_code, cla_group, placement_stability
