with places as (
    select
        *,
        coalesce(provider_code, provider_sector_code) as provider_id
    from {{ programme_places() }} as held
    where start_date <= {{ as_at_date() }}
),

identities as (
    select * from {{ ref('int_identities') }}
    where record_source = 'local'
),

holders as (
    select * from {{ places_of_children('places') }}
    union all
    select
        places.*,
        family_key as holder_key
    from places
    where family_key is not null
),

-- Of several places begun on one day the one that is written down last.
begun as (
    select * from holders
    qualify row_number() over (
        partition by local_authority_code, holder_key, start_date
        order by participation_id desc
    ) = 1
)

select
    local_authority_code,
    holder_key,
    start_date as valid_from,
    lead(start_date) over (
        partition by local_authority_code, holder_key order by start_date
    ) as valid_until,
    programme_code,
    delivery_model_code,
    provider_id
from begun
