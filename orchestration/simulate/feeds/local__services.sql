select
    getvariable('authority') as la_code,
    getvariable('exported_on') as extract_date,
    'commissioning' as source_system,
    records.service_code,
    records.service_name,
    records.programme_code,
    records.service_area_code,
    records.provider_code,
    records.provider_sector_code,
    records.service_line_code,
    records.purpose_text,
    records.is_accredited,
    records.place_count,
    records.start_date,
    records.end_date
from world.service_register as records
where records.local_authority_code = getvariable('authority')
order by records.service_code
