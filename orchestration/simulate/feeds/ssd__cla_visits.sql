select
    visits.visit_id as clav_cla_visit_id,
    visits.care_period_id as clav_cla_id,
    children.person_id as clav_person_id,
    visits.visit_date as clav_cla_visit_date,
    visits.is_child_seen as clav_cla_visit_seen,
    visits.is_seen_alone as clav_cla_visit_seen_alone
from world.visits
inner join children_known() as children on visits.child_id = children.child_id
where visits.visit_type_code = 'looked_after' and on_day(visits.visit_date)
order by clav_cla_visit_id
