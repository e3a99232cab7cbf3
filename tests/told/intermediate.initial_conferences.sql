-- key: child_id, conference_date
select
    who.child_id,
    conferences.conference_date,
    conferences.conference_target_date,
    conferences.is_transfer_in,
    conferences.has_led_to_plan,
    conferences.team_id
from who
inner join world.initial_conferences as conferences on who.lived_id = conferences.child_id
