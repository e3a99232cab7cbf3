select
    'CSWW' as collection,
    getvariable('year') as year,
    getvariable('as_known_on') as reference_date,
    'L' as source_level,
    getvariable('authority') as la_code,
    'Simulated staff system' as software_code,
    cast(getvariable('as_known_on') + 30 as timestamp) + interval 10 hour as created_at
