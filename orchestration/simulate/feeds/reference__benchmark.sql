-- In the long layout that other publishers use: the rate of children looked after on 31 March,
-- and two figures of all pupils, against which the gap of children in need is read. Pupils whom
-- services never knew are not simulated: what is told of all of them is the simulator's assumption.
with counted as (
    select
        periods.local_authority_code,
        years.return_year,
        count(distinct periods.child_id) as children_count
    from world.care_periods as periods
    inner join published_years(235) as years
        on
            periods.period_start_date <= make_date(years.return_year, 3, 31)
            and coalesce(periods.period_end_date > make_date(years.return_year, 3, 31), true)
    where not periods.is_short_breaks_only
    group by all
),

all_pupils as (
    select
        local_authority_code,
        cast(years.return_year as integer) as return_year,
        case rate
            when 'local_all_pupils_persistently_absent' then 'absence_persistent_all_pupils'
            when 'local_all_pupils_attainment8' then 'ks4_att8_all_pupils'
        end as measure_code,
        case unit when 'share of pupils' then round(100 * value, 1) else value end as value
    from world.rates
    cross join world.authorities
    -- A school year is over in July; its figures are out by the next March.
    cross join published_years(0) as years
    where rate in ('local_all_pupils_persistently_absent', 'local_all_pupils_attainment8')
)

select
    'cla_rate' as measure_code,
    'Total' as breakdown,
    areas.geographic_level as geographic_level_code,
    coalesce(areas.old_la_code, areas.region_code, areas.country_code) as area_code,
    cast(counted.return_year as varchar) as time_period,
    'Reporting year' as time_identifier_code,
    round(10000.0 * sum(counted.children_count) / sum(residents.population)) as value,
    make_date(counted.return_year, 11, 21) as release_date
from counted
inner join published_areas() as areas using (local_authority_code)
inner join children_aged_0_to_17() as residents
    on
        counted.local_authority_code = residents.local_authority_code
        and counted.return_year - 1 = residents.mid_year
group by all
union all
select distinct
    all_pupils.measure_code,
    'All pupils',
    areas.geographic_level,
    coalesce(areas.old_la_code, areas.region_code, areas.country_code),
    (all_pupils.return_year - 2) || right(cast(all_pupils.return_year - 1 as varchar), 2),
    'Academic year',
    all_pupils.value,
    make_date(all_pupils.return_year, 3, 20)
from all_pupils
inner join published_areas() as areas using (local_authority_code)
order by measure_code, time_period, geographic_level_code, area_code
