-- Children whom a service met in the year, and how many kinds of risk are recorded of each.
create temp view met as
select years.*, local_authority_code, child_id, min(met_date) as first_met_date
from years
inner join (
    select local_authority_code, child_id, contact_date as met_date from world.contacts
    union all
    select local_authority_code, child_id, episode_start_date from world.early_help_episodes
    union all
    select local_authority_code, child_id, referral_date from world.referrals
) as meetings on met_date between first_day and last_day
group by all;

create temp view risks as
-- A kind is the number of the factor; exploitation has four of them, 21 says that there is none.
select period_id, child_id,
    case kind when '10' then 'missing' when '12' then '11' when '13' then '11' when '24' then '11'
        else kind end as risk
from assessed
inner join (
    select assessment_id, regexp_extract(factor_code, '[0-9]+') as kind
    from world.assessment_factors
) using (assessment_id)
where kind <> '21'
union
-- The school year that ends in the summer of the year.
select period_id, child_id, 'absence'
from years
inner join world.education_attendance on academic_year = reporting_year - 1
inner join (select child_id, person_id from world.children) using (person_id)
group by all
having 10 * sum(sessions_authorised + sessions_unauthorised) >= sum(sessions_possible)
    and sum(sessions_possible) > 0
union
select period_id, child_id, 'exclusion'
from years
inner join world.education_exclusions on exclusion_start_date between first_day and last_day
inner join (select child_id, person_id from world.children) using (person_id)
union
select period_id, child_id, 'missing'
from years
inner join world.missing_episodes on missing_start_date between first_day and last_day
where missing_type_code = 'M'
union
select period_id, child_id, 'offence'
from years
inner join world.offences on offence_date between first_day and last_day
union
-- The home of the last day, or the last before it, in the most deprived fifth of areas.
select period_id, child_id, 'low income area'
from (
    select period_id, child_id, small_area_code
    from years
    inner join world.addresses on address_start_date <= last_day and address_type <> 'placement'
    qualify row_number() over (
        partition by period_id, child_id order by address_start_date desc
    ) = 1
)
inner join (select small_area_code, deprivation_decile from world.small_areas)
    using (small_area_code)
where deprivation_decile <= 2;

select 'dorset_zone_multiple_risk', local_authority_code, period_id,
    count(*) filter (where risk_count >= 3), count(*)
from (
    select period_id, local_authority_code, met.child_id, count(risk) as risk_count
    from met
    inner join (select child_id, date_of_birth from world.children) using (child_id)
    left join risks using (period_id, child_id)
    where date_of_birth <= first_met_date and date_of_birth + interval 18 year > first_met_date
    group by all
)
group by all;
