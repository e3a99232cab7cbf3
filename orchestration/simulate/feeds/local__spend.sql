select
    getvariable('authority') as la_code,
    getvariable('exported_on') as extract_date,
    'finance_system' as source_system,
    records.spend_line_id,
    records.period_start_date,
    records.period_end_date,
    records.service_line_code,
    records.ro3_line_code,
    records.service_code,
    records.spend_type_code,
    records.basis_code,
    records.amount_gbp,
    records.activity_units,
    records.cost_unit_code
from world.spend_lines as records
where records.local_authority_code = getvariable('authority')
order by records.spend_line_id
