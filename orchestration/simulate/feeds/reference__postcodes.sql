select
    replace(postcodes.postcode, ' ', '') as postcode,
    postcodes.small_area_code,
    coalesce(authorities.gss_code, 'E10000999') as la_code,
    postcodes.easting,
    postcodes.northing
from world.postcodes
left join world.authorities
    on postcodes.local_authority_code = authorities.local_authority_code
order by postcode
