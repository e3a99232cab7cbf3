-- key: child_id, disability_code
select who.child_id, disabilities.disability_code
from who
inner join world.disabilities on who.lived_id = disabilities.child_id
