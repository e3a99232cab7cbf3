with returned as (
    select
        local_authority_code, person_key, return_year,
        'ssda903' as record_source
    from {{ ref('stg_ssda903__episodes') }}
    union
    select
        local_authority_code, person_key, return_year,
        'cin_census' as record_source
    from {{ ref('stg_cin_census__child') }}
)

select distinct
    returned.local_authority_code,
    returned.record_source,
    identities.child_id,
    returned.return_year
from returned
inner join {{ ref('int_identities') }} as identities
    on returned.local_authority_code = identities.local_authority_code
    and returned.record_source = identities.record_source
    and returned.person_key = identities.person_key
