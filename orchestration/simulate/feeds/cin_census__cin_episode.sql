-- Referrals of the year, and episodes of need that were open in it.
select
    children.census_number as la_child_id,
    referrals.referral_id as cin_details_id,
    referrals.referral_date,
    as_coded('referral_source', referrals.referral_source_code) as referral_source_code,
    referrals.primary_need_code,
    known(referrals.closure_date) as closure_date,
    case
        when known(referrals.closure_date) is not null
            then as_coded('reason_for_closure', referrals.closure_reason_code)
    end as closure_reason_code,
    transfers.initial_conference_date,
    referrals.is_no_further_action as referral_no_further_action
from world.referrals
inner join world.children on referrals.child_id = children.child_id
left join (
    select
        referral_id,
        min(conference_date) as initial_conference_date
    from world.initial_conferences
    where is_transfer_in and on_day(conference_date)
    group by referral_id
) as transfers
    on referrals.referral_id = transfers.referral_id
where
    referrals.local_authority_code = getvariable('authority')
    and in_period(referrals.referral_date, referrals.closure_date)
order by la_child_id, referrals.referral_date, cin_details_id
