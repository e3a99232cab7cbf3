select
    visits.visit_id as cinv_cin_visit_id,
    children.person_id as cinv_person_id,
    visits.visit_date as cinv_cin_visit_date,
    visits.is_child_seen as cinv_cin_visit_seen,
    visits.is_seen_alone as cinv_cin_visit_seen_alone,
    visits.is_bedroom_seen as cinv_cin_visit_bedroom
from world.visits
inner join children_known() as children on visits.child_id = children.child_id
where visits.visit_type_code = 'child_in_need' and on_day(visits.visit_date)
order by cinv_cin_visit_id
