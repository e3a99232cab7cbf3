select
    getvariable('authority') as la_code,
    getvariable('exported_on') as extract_date,
    'kept_by_hand' as source_system,
    areas.small_area_code,
    areas.zone_code,
    zones.zone_name,
    settings.lives_from as valid_from_date,
    cast(null as date) as valid_to_date
from world.small_areas as areas
inner join world.zones on areas.zone_code = zones.zone_code
cross join world.settings
where areas.local_authority_code = getvariable('authority')
order by areas.small_area_code
