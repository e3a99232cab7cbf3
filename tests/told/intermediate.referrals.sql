-- key: child_id, referral_date
select
    who.child_id,
    referrals.referral_date,
    referrals.referral_source_code,
    referrals.primary_need_code,
    referrals.is_no_further_action,
    referrals.closure_date,
    referrals.closure_reason_code,
    referrals.team_id
from who
inner join world.referrals on who.lived_id = referrals.child_id
