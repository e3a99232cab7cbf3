select
    exported_date,
    time_period,
    time_identifier,
    geographic_level,
    country_code,
    country_name,
    region_code,
    region_name,
    old_la_code,
    new_la_code,
    la_name,
    age_group,
    population_estimate as population_count,
    population_estimate_symbol,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('published__population_estimates') }}
