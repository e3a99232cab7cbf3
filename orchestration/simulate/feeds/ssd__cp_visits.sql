select
    visits.visit_id as cppv_cp_visit_id,
    children.person_id as cppv_person_id,
    visits.protection_plan_id as cppv_cp_plan_id,
    visits.visit_date as cppv_cp_visit_date,
    visits.is_child_seen as cppv_cp_visit_seen,
    visits.is_seen_alone as cppv_cp_visit_seen_alone,
    visits.is_bedroom_seen as cppv_cp_visit_bedroom
from world.visits
inner join children_known() as children on visits.child_id = children.child_id
where visits.visit_type_code = 'protection_plan' and on_day(visits.visit_date)
order by cppv_cp_visit_id
