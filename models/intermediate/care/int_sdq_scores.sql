select
    staged.local_authority_code,
    identities.child_id,
    staged.return_year,
    make_date(staged.return_year, 3, 31) as score_date,
    staged.sdq_total_score,
    staged.sdq_reason_code,
    'ssda903' as record_source,
    staged._file_sha256,
    staged._row_number
from {{ ref('stg_ssda903__oc2') }} as staged
inner join {{ ref('int_identities') }} as identities
    on staged.local_authority_code = identities.local_authority_code
    and staged.person_key = identities.person_key
    and identities.record_source = 'ssda903'
qualify row_number() over (
    partition by staged.local_authority_code, identities.child_id, staged.return_year
    order by staged._row_number desc
) = 1
