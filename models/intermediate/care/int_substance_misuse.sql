with stacked as (
    select
        local_authority_code,
        child_id,
        cast(null as varchar) as record_number,
        cast(null as date) as recorded_date,
        return_year,
        is_substance_misuse_identified as is_identified,
        is_substance_intervention_received as is_intervention_received,
        is_substance_intervention_offered as is_intervention_offered,
        'ssda903' as record_source,
        _file_sha256,
        _row_number
    from {{ newest_records('ssda903__oc2', 'return_year') }}
    where is_substance_misuse_identified is not null
    union all
    select
        local_authority_code,
        child_id,
        substance_misuse_id as record_number,
        recorded_date,
        cast(null as integer) as return_year,
        true as is_identified,
        is_intervention_received,
        cast(null as boolean) as is_intervention_offered,
        'ssd' as record_source,
        _file_sha256,
        _row_number
    from {{ newest_records('ssd__cla_substance_misuse',
        ['substance_misuse_id', 'recorded_date']) }}
)

select
    {{ made_key(['child_id', 'record_source', 'record_number', 'recorded_date', 'return_year']) }}
        as substance_misuse_id,
    local_authority_code,
    child_id,
    recorded_date,
    return_year,
    is_identified,
    is_intervention_received,
    is_intervention_offered,
    record_source,
    _file_sha256,
    _row_number
from stacked
