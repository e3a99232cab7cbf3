select
    'CIN' as collection,
    getvariable('year') as year,
    getvariable('as_known_on') as reference_date,
    'L' as source_level,
    getvariable('authority') as la_code,
    'Simulated case system' as software_code,
    '1' as software_release,
    '001' as serial_no,
    -- The census is made up in the weeks after the year has ended.
    cast(getvariable('as_known_on') + 45 as timestamp) + interval 10 hour as created_at
