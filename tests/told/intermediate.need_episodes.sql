-- key: child_id, need_start_date
select
    who.child_id,
    needs.referral_date as need_start_date,
    needs.closure_date as need_end_date,
    needs.closure_reason_code,
    needs.primary_need_code
from who
inner join counts.in_need as needs on who.lived_id = needs.child_id
