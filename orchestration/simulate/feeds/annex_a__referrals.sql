-- List 3: referrals of six months.
select
    listed.* exclude (child_key, disability),
    referrals.referral_date as date_of_referral,
    as_listed('annex_a_contact_source', referrals.referral_source_code) as referral_source,
    yes_no(referrals.is_no_further_action) as referral_no_further_action,
    (
        select count(*)
        from world.referrals as others
        where
            others.child_id = referrals.child_id
            and others.referral_date between referrals.referral_date - interval 12 month
            and referrals.referral_date
    ) as number_of_referrals_in_last_12_months,
    coalesce(holders.allocated_team, teams.team_name) as allocated_team,
    coalesce(holders.allocated_worker, staff.worker_name) as allocated_worker
from world.referrals
inner join listed_children() as listed on referrals.child_id = listed.child_key
left join holders() as holders on referrals.child_id = holders.child_key
left join world.teams on referrals.team_id = teams.team_id
left join world.staff on referrals.worker_id = staff.worker_id
where within_months(6, referrals.referral_date)
order by date_of_referral, child_id
