select unnest(['torfaen_referral_rate_all', 'rees_int_partners_identify_referral_rate_by_source']),
    local_authority_code, period_id, count(*), null
from referred group by all;

select 'torfaen_referral_rate_abuse_neglect', local_authority_code, period_id, count(*), null
from referred where primary_need_code = 'N1' group by all;

select 'torfaen_referral_inappropriate', local_authority_code, period_id,
    count(*) filter (where is_no_further_action), count(*)
from referred group by all;

select 'rees_int_partners_identify_nfa_by_source', local_authority_code, period_id,
    count(*) filter (where is_no_further_action or closure_reason_code in ('RC8', 'RC9')),
    count(*)
from referred group by all;

select 'rees_int_support_level_rereferral_12m', local_authority_code, period_id,
    count(*) filter (where exists (
        select 1 from world.referrals as before
        where before.child_id = referred.child_id
            and before.referral_date < referred.referral_date
            and before.referral_date + interval 12 month >= referred.referral_date
    )), count(*)
from referred group by all;

select 'rees_int_identify_cin_nfa_then_rereferred', local_authority_code, period_id,
    count(*) filter (where exists (
        select 1 from world.referrals as again
        where again.child_id = firsts.child_id and not again.is_no_further_action
            and again.referral_date - firsts.referral_date between 1 and 365
    )), count(*)
from (
    select period_id, local_authority_code, child_id, min(referral_date) as referral_date
    from years
    inner join world.referrals
        on referral_date between first_day - interval 1 year and last_day - interval 1 year
    where is_no_further_action
    group by all
) as firsts
group by all;

-- Assessed under the referral with a factor of that kind of harm.
select 'torfaen_referral_rate_' || kind, local_authority_code, period_id,
    count(distinct referral_id), null
from referred
inner join (select assessment_id, referral_id from world.assessments) using (referral_id)
inner join (select assessment_id, factor_code from world.assessment_factors) using (assessment_id)
inner join (
    values ('neglect', '16A'), ('emotional', '17A'), ('physical', '18A'), ('physical', '18B'),
        ('physical', '18C'), ('sexual', '19A'), ('sexual', '19B'), ('sexual', '19C')
) as kinds (kind, factor_code) using (factor_code)
group by all;

select 'torfaen_domestic_abuse_rate', local_authority_code, period_id,
    count(distinct child_id), null
from assessed
where assessment_id in (
    select assessment_id from world.assessment_factors where factor_code in ('3A', '3B', '3C')
)
group by all;

select 'torfaen_domestic_abuse_assessments', local_authority_code, period_id,
    count(*) filter (where is_of_violence), count(*)
from assessed
inner join (
    select assessment_id, bool_or(factor_code in ('3A', '3B', '3C')) as is_of_violence
    from world.assessment_factors group by all
) using (assessment_id)
group by all;

-- Working days: Monday to Friday but for the bank holidays of England.
select 'rees_int_infrastructure_assessments_45_days', local_authority_code, period_id,
    count(*) filter (where working_days <= 45), count(*)
from (
    select *, (
        select count(*) from working_days
        where day > assessment_start_date and day <= assessment_authorised_date
    ) as working_days
    from assessed
)
group by all;

-- In the place of a numerator the gap itself, in percent or percentage points.
select 'torfaen_referral_annual_change', local_authority_code, period_id,
    100.0 * (this_count - before_count) / before_count, this_count + before_count
from (
    select now.period_id, now.local_authority_code, count(*) as this_count, (
        select count(*) from referred as before
        where before.local_authority_code = now.local_authority_code
            and before.reporting_year = now.reporting_year - 1
    ) as before_count
    from referred as now
    group by now.period_id, now.local_authority_code, now.reporting_year
);

select 'rees_int_shared_practice_team_threshold_gap', local_authority_code, period_id,
    max(share) - min(share), cast(sum(assessed_count) as bigint)
from (
    select period_id, local_authority_code, team_id, count(*) as assessed_count,
        100.0 * count(*) filter (where is_no_further_action) / count(*) as share
    from assessed
    group by all
    having count(*) >= 30
)
group by all
-- Between two teams or more.
having count(*) > 1;
