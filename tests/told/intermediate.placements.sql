-- key: child_id, placement_start_date
select
    who.child_id,
    placements.placement_start_date,
    placements.placement_end_date,
    as_of_year(
        'placement_type', placements.placement_type_code,
        last_year_of(placements.placement_end_date)
    ) as placement_type_code,
    placements.placement_provider_code,
    placements.ofsted_urn,
    placements.placement_change_reason_code,
    placements.is_adoptive,
    postcodes.small_area_code as placement_small_area_code
from who
inner join world.placements on who.lived_id = placements.child_id
inner join world.care_periods as periods on placements.care_period_id = periods.care_period_id
left join world.postcodes on placements.placement_postcode = postcodes.postcode
where not periods.is_short_breaks_only
