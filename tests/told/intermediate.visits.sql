-- key: child_id, visit_type_code, visit_date
select
    who.child_id,
    visits.visit_type_code,
    visits.visit_date,
    bool_or(visits.is_child_seen) as is_child_seen,
    bool_or(visits.is_seen_alone) as is_seen_alone,
    bool_or(visits.is_bedroom_seen) as is_bedroom_seen
from who
inner join world.visits on who.lived_id = visits.child_id
where on_day(visits.visit_date)
group by all
