select
    local_authority_code as la_code,
    2025 as model_year,
    neighbour_rank,
    neighbour_local_authority_code as neighbour_la_code,
    case
        when neighbour_rank <= 3 then 'Very close'
        when neighbour_rank <= 6 then 'Close'
        else 'Somewhat close'
    end as closeness_code
from world.statistical_neighbours
where neighbour_rank <= 10
order by la_code, neighbour_rank
