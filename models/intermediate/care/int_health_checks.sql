with yearly as (
    select * from {{ newest_records('ssda903__oc2', 'return_year') }}
),

stacked as (
    {% for flag, check_type in {
        'is_health_assessment_in_year': 'review',
        'is_dental_check_in_year': 'dental',
        'is_immunisations_up_to_date': 'immunisation',
        'is_development_check_up_to_date': 'developmental',
    }.items() %}
    select
        local_authority_code,
        child_id,
        '{{ check_type }}' as check_type_code,
        cast(null as date) as check_date,
        cast(null as date) as due_date,
        cast(null as varchar) as check_status_code,
        {{ flag }} as is_up_to_date,
        return_year,
        'ssda903' as record_source,
        _file_sha256,
        _row_number
    from yearly
    where {{ flag }} is not null
    union all
    {% endfor %}
    select
        checks.local_authority_code,
        checks.child_id,
        types.code as check_type_code,
        checks.check_date,
        cast(null as date) as due_date,
        checks.check_status_code,
        cast(null as boolean) as is_up_to_date,
        cast(null as integer) as return_year,
        'ssd' as record_source,
        checks._file_sha256,
        checks._row_number
    from {{ newest_records('ssd__cla_health', ['check_type', 'check_date']) }} as checks
    left join {{ ways_to_write('health_assessment_type') }} as types
        on upper(trim(checks.check_type)) = types.written
    union all
    select
        local_authority_code,
        child_id,
        'immunisation' as check_type_code,
        check_date,
        cast(null as date) as due_date,
        cast(null as varchar) as check_status_code,
        is_up_to_date,
        cast(null as integer) as return_year,
        'ssd' as record_source,
        _file_sha256,
        _row_number
    from {{ newest_records('ssd__cla_immunisations', ['check_date']) }}
    union all
    {% for column, check_type in {
        'latest_health_assessment_date': 'review',
        'latest_dental_check_date': 'dental',
    }.items() %}
    select
        local_authority_code,
        child_id,
        '{{ check_type }}' as check_type_code,
        {{ column }} as check_date,
        cast(null as date) as due_date,
        cast(null as varchar) as check_status_code,
        cast(null as boolean) as is_up_to_date,
        cast(null as integer) as return_year,
        'annex_a' as record_source,
        _file_sha256,
        _row_number
    from {{ newest_records('annex_a__children_in_care', [column]) }}
    where {{ column }} is not null
    union all
    {% endfor %}
    select
        local_authority_code,
        child_id,
        assessment_type_code as check_type_code,
        completed_date as check_date,
        due_date,
        assessment_status_code as check_status_code,
        cast(null as boolean) as is_up_to_date,
        cast(null as integer) as return_year,
        'local' as record_source,
        _file_sha256,
        _row_number
    from {{ newest_records('local__health_assessments',
        ['assessment_type_code', 'completed_date', 'due_date']) }}
)

select
    {{ made_key(['child_id', 'record_source', 'check_type_code', 'check_date', 'due_date',
        'return_year']) }} as health_check_id,
    local_authority_code,
    child_id,
    check_type_code,
    check_date,
    due_date,
    -- The nightly dataset has the status of an immunisation in one table and whether the child is up
    -- to date in another.
    coalesce(check_status_code, max(check_status_code) over same_check) as check_status_code,
    coalesce(is_up_to_date, bool_or(is_up_to_date) over same_check) as is_up_to_date,
    return_year,
    record_source,
    _file_sha256,
    _row_number
from stacked
window same_check as (
    partition by local_authority_code, child_id, record_source, check_type_code, check_date,
        due_date, return_year
)
-- Two words of a system for one kind of check on one day are one check.
qualify row_number() over (
    partition by local_authority_code, child_id, record_source, check_type_code, check_date,
        due_date, return_year
    order by _file_sha256 asc, _row_number desc
) = 1
