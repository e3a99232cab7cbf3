-- As many neighbours as there are other authorities, up to ten.
select
    authorities.local_authority_code as old_la_code,
    authorities.local_authority_name as la_name,
    right(authorities.region_code, 1) as region_number,
    authorities.region_name,
    max(neighbours.neighbour_local_authority_code)
        filter (where neighbours.neighbour_rank = 1) as neighbour_1,
    max('Very close') filter (where neighbours.neighbour_rank = 1) as closeness_1,
    max(neighbours.neighbour_local_authority_code)
        filter (where neighbours.neighbour_rank = 2) as neighbour_2,
    max('Very close') filter (where neighbours.neighbour_rank = 2) as closeness_2,
    max(neighbours.neighbour_local_authority_code)
        filter (where neighbours.neighbour_rank = 3) as neighbour_3,
    max('Very close') filter (where neighbours.neighbour_rank = 3) as closeness_3,
    max(neighbours.neighbour_local_authority_code)
        filter (where neighbours.neighbour_rank = 4) as neighbour_4,
    max('Close') filter (where neighbours.neighbour_rank = 4) as closeness_4,
    max(neighbours.neighbour_local_authority_code)
        filter (where neighbours.neighbour_rank = 5) as neighbour_5,
    max('Close') filter (where neighbours.neighbour_rank = 5) as closeness_5,
    max(neighbours.neighbour_local_authority_code)
        filter (where neighbours.neighbour_rank = 6) as neighbour_6,
    max('Close') filter (where neighbours.neighbour_rank = 6) as closeness_6,
    max(neighbours.neighbour_local_authority_code)
        filter (where neighbours.neighbour_rank = 7) as neighbour_7,
    max('Somewhat close') filter (where neighbours.neighbour_rank = 7) as closeness_7,
    max(neighbours.neighbour_local_authority_code)
        filter (where neighbours.neighbour_rank = 8) as neighbour_8,
    max('Somewhat close') filter (where neighbours.neighbour_rank = 8) as closeness_8,
    max(neighbours.neighbour_local_authority_code)
        filter (where neighbours.neighbour_rank = 9) as neighbour_9,
    max('Somewhat close') filter (where neighbours.neighbour_rank = 9) as closeness_9,
    max(neighbours.neighbour_local_authority_code)
        filter (where neighbours.neighbour_rank = 10) as neighbour_10,
    max('Somewhat close') filter (where neighbours.neighbour_rank = 10) as closeness_10
from world.authorities
left join world.statistical_neighbours as neighbours
    on authorities.local_authority_code = neighbours.local_authority_code
group by all
order by old_la_code
