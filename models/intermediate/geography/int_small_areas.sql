-- An area that the directory puts in two authorities, after a boundary moved, is in the first.
select
    postcodes.small_area_code,
    min(authorities.local_authority_code) as local_authority_code
from {{ ref('stg_reference__postcodes') }} as postcodes
inner join {{ ref('local_authorities') }} as authorities
    on postcodes.local_authority_gss_code = authorities.gss_code
group by postcodes.small_area_code
