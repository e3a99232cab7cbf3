-- The zones of today; one area in ten lay in another until the zones were redrawn.
with redrawn as (
    select
        areas.*,
        (
            select min(other.zone_code) from world.zones as other
            where
                other.local_authority_code = areas.local_authority_code
                and other.zone_code <> areas.zone_code
        ) as old_zone_code,
        row_number() over (
            partition by areas.local_authority_code order by areas.small_area_code
        ) % 10 = 1 as is_moved
    from world.small_areas as areas
),

spells as (
    select
        areas.local_authority_code,
        areas.small_area_code,
        areas.old_zone_code as zone_code,
        settings.lives_from as valid_from_date,
        settings.detail_from - 1 as valid_to_date
    from redrawn as areas
    cross join world.settings
    where areas.is_moved and areas.old_zone_code is not null
    union all
    select
        areas.local_authority_code,
        areas.small_area_code,
        areas.zone_code,
        if(
            areas.is_moved and areas.old_zone_code is not null,
            settings.detail_from,
            settings.lives_from
        ),
        null
    from redrawn as areas
    cross join world.settings
)

select
    getvariable('authority') as la_code,
    getvariable('exported_on') as extract_date,
    'kept_by_hand' as source_system,
    spells.small_area_code,
    spells.zone_code,
    zones.zone_name,
    spells.valid_from_date,
    spells.valid_to_date
from spells
inner join world.zones on spells.zone_code = zones.zone_code
where spells.local_authority_code = getvariable('authority')
order by spells.small_area_code, spells.valid_from_date
