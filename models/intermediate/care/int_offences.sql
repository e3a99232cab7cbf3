with stacked as (
    select
        local_authority_code,
        child_id,
        cast(null as varchar) as offence_number,
        cast(null as date) as offence_date,
        cast(null as varchar) as offence_outcome_code,
        is_convicted_or_cautioned,
        return_year,
        'ssda903' as record_source,
        _file_sha256,
        _row_number
    from {{ newest_records('ssda903__oc2', 'return_year') }}
    where is_convicted_or_cautioned is not null
    union all
    select
        local_authority_code,
        child_id,
        conviction_id as offence_number,
        offence_date,
        cast(null as varchar) as offence_outcome_code,
        true as is_convicted_or_cautioned,
        cast(null as integer) as return_year,
        'ssd' as record_source,
        _file_sha256,
        _row_number
    from {{ newest_records('ssd__cla_convictions', ['conviction_id', 'offence_date']) }}
    union all
    select
        incidents.local_authority_code,
        incidents.child_id,
        incidents.incident_id as offence_number,
        incidents.incident_date as offence_date,
        incidents.offence_outcome_code,
        -- Not yet decided, or no outcome sent: not known.
        case outcomes.code_group
            when 'convicted_or_cautioned' then true
            when 'not_convicted_or_cautioned' then false
        end as is_convicted_or_cautioned,
        cast(null as integer) as return_year,
        'local' as record_source,
        incidents._file_sha256,
        incidents._row_number
    from {{ newest_records('local__incidents', ['incident_id']) }} as incidents
    left join {{ ref('codes') }} as outcomes
        on outcomes.code_set = 'offence_outcome'
        and incidents.offence_outcome_code = outcomes.code
    where
        incidents.incident_type_code = 'offence'
        -- The victim of an offence, or who saw it, has not offended.
        and coalesce(incidents.incident_role_code, 'responsible') in ('responsible', 'subject')
)

select
    {{ made_key(['child_id', 'record_source', 'offence_number', 'offence_date', 'return_year']) }}
        as offence_id,
    local_authority_code,
    child_id,
    offence_date,
    offence_outcome_code,
    is_convicted_or_cautioned,
    -- Youth justice holds every offence, the nightly dataset those of them that were proved: of
    -- several on one day as many are the same as youth justice holds.
    record_source = 'ssd' and row_number() over (
        partition by local_authority_code, child_id, offence_date, record_source
        order by offence_number
    ) <= count(*) filter (where record_source = 'local') over (
        partition by local_authority_code, child_id, offence_date
    ) as is_told_by_youth_justice,
    return_year,
    record_source,
    _file_sha256,
    _row_number
from stacked
