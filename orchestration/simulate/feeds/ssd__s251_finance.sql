-- Reserved by the model: a row for each placement, and nothing in it.
select
    placements.placement_id as s251_table_id,
    placements.placement_id as s251_cla_placement_id,
    'PLACEHOLDER_DATA' as s251_placeholder_1,
    'PLACEHOLDER_DATA' as s251_placeholder_2,
    'PLACEHOLDER_DATA' as s251_placeholder_3,
    'PLACEHOLDER_DATA' as s251_placeholder_4
from world.placements
inner join children_known() as children on placements.child_id = children.child_id
where placements.placement_start_date <= getvariable('as_known_on')
order by s251_table_id
