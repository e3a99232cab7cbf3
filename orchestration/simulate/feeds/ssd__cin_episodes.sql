select
    referrals.referral_id as cine_referral_id,
    children.person_id as cine_person_id,
    referrals.referral_date as cine_referral_date,
    referrals.primary_need_code as cine_cin_primary_need_code,
    referrals.referral_source_code as cine_referral_source_code,
    referrals.is_no_further_action as cine_referral_nfa,
    not referrals.is_no_further_action as cine_single_assessment_flag,
    referrals.is_no_further_action as cine_nfa_flag,
    false as cine_other_outcomes_exist_flag,
    1 as cine_total_no_of_outcomes,
    case when known(referrals.closure_date) is not null then referrals.closure_reason_code end
        as cine_close_reason,
    known(referrals.closure_date) as cine_close_date,
    referrals.team_id as cine_referral_team,
    staff.professional_id as cine_referral_worker_id
from world.referrals
inner join children_known() as children on referrals.child_id = children.child_id
left join world.staff on referrals.worker_id = staff.worker_id
where referrals.referral_date <= getvariable('as_known_on')
order by cine_referral_id
