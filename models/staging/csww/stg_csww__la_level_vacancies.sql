select
    local_authority_code,
    return_year,
    vacancies_fte as vacant_fte,
    agency_covering_vacancies_fte as agency_cover_fte,
    agency_covering_vacancies_headcount as agency_cover_count,
    recruitment_bonus,
    retention_bonus,
    performance_award,
    car_allowance,
    relocation_package,
    regional_weighting,
    registration_cost,
    dbs_cost,
    other_allowances,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('csww__la_level_vacancies') }}
