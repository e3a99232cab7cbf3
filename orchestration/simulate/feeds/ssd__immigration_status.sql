select
    children.child_id as immi_immigration_status_id,
    children.person_id as immi_person_id,
    'Unaccompanied asylum-seeking child' as immi_immigration_status,
    children.asylum_status_start_date as immi_immigration_status_start_date,
    known(children.asylum_status_end_date) as immi_immigration_status_end_date
from children_known() as children
where
    children.is_unaccompanied_asylum_seeker
    and children.asylum_status_start_date <= getvariable('as_known_on')
order by immi_immigration_status_id
