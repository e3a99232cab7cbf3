select
    '1.4.2' as version_number,
    cast(getvariable('as_known_on') - 60 as timestamp) as release_date,
    'Simulated export' as description,
    true as is_current,
    cast(getvariable('as_known_on') as timestamp) as created_at,
    'simulator' as created_by,
    'None' as impact_description
