-- What the figures must come to, counted from the lives and never from the files.
--
-- Definitions are those of the statutory collections (specs of the indicators, and the rules of
-- cohorts.cohort_snapshots): first day counts, end date does not; stocks are read on the last day
-- of the month.

create schema counts;

create table counts.periods as
with months as (
    select
        cast(month_start as date) as period_start,
        cast(month_start + interval 1 month as date) as next_period_start
    from world.settings, generate_series(
        cast(written_from as timestamp), cast(as_at as timestamp), interval 1 month
    ) as counted (month_start)
    where month_start + interval 1 month <= as_at + interval 1 day
),

named as (
    select
        *,
        year(period_start + interval 9 month) as reporting_year,
        (month(period_start) + 8) // 3 % 4 + 1 as quarter_number
    from months
)

select
    strftime(period_start, '%Y-%m') as period_id,
    'month' as period_type,
    period_start,
    next_period_start,
    reporting_year
from named
union all
select
    (reporting_year - 1) || '-' || right(cast(reporting_year as varchar), 2)
    || '-Q' || ((month(period_start) + 8) % 12 // 3 + 1) as period_id,
    'quarter' as period_type,
    min(period_start) as period_start,
    max(next_period_start) as next_period_start,
    reporting_year
from named
group by all
having count(*) = 3
union all
select
    (reporting_year - 1) || '-' || right(cast(reporting_year as varchar), 2) as period_id,
    'year' as period_type,
    min(period_start) as period_start,
    max(next_period_start) as next_period_start,
    reporting_year
from named
group by reporting_year
having count(*) = 12
order by period_type, period_start;
comment on table counts.periods is 'Months, quarters and years that lie in the written years and are over. One row per period.';

create view counts.in_need as
select *
from world.referrals
where not is_no_further_action and coalesce(closure_reason_code, '') not in ('RC8', 'RC9');

create table counts.cohorts as
with months as (
    select *, next_period_start - 1 as period_end from counts.periods where period_type = 'month'
),

members as (
    select 'child_in_need' as cohort_code, local_authority_code, period_id, child_id
    from counts.in_need
    inner join months
        on referral_date <= period_end and (closure_date is null or closure_date > period_end)
    union
    select 'protection_plan', local_authority_code, period_id, child_id
    from world.protection_plans
    inner join months
        on plan_start_date <= period_end and (plan_end_date is null or plan_end_date > period_end)
    union
    select
        case when is_short_breaks_only then 'short_breaks' else 'in_care' end,
        local_authority_code, period_id, child_id
    from world.care_periods
    inner join months
        on period_start_date <= period_end
        and (period_end_date is null or period_end_date > period_end)
    union
    select 'care_leaver', local_authority_code, period_id, child_id
    from world.care_leavers
    inner join months on care_leavers.return_year = months.reporting_year
    where contact_code not in ('DIED', 'RHOM')
        -- Those of 22 to 25 are in the return from 2023 on.
        and (age_turned <= 21 or return_year >= 2023)
        and not exists (
            select 1 from world.care_periods
            where care_periods.child_id = care_leavers.child_id
                and not is_short_breaks_only
                and period_start_date <= period_end
                and (period_end_date is null or period_end_date > period_end)
        )
)

select
    authorities.local_authority_code,
    months.period_id,
    cohorts.cohort_code,
    count(distinct members.child_id) as child_count
from world.authorities
cross join months
cross join (
    values ('child_in_need'), ('protection_plan'), ('in_care'), ('short_breaks'), ('care_leaver')
) as cohorts (cohort_code)
left join members
    on authorities.local_authority_code = members.local_authority_code
    and months.period_id = members.period_id
    and cohorts.cohort_code = members.cohort_code
group by all
order by all;
comment on table counts.cohorts is 'Children in each cohort on the last day of the month; care leavers are those of the year''s return who are not in care on the day. Zero is a count. One row per authority, month and cohort.';

create table counts.events as
with happened as (
    select local_authority_code, 'referral' as event, referral_date as on_day from world.referrals
    union all
    select local_authority_code, 'referral_no_further_action', referral_date from world.referrals
    where is_no_further_action
    union all
    select local_authority_code, 'referral_not_in_need', referral_date from world.referrals
    where closure_reason_code in ('RC8', 'RC9')
    union all
    select local_authority_code, 're_referral', referral_date from (
        select
            *,
            lag(referral_date) over (partition by child_id order by referral_date) as before
        from world.referrals
    ) as followed
    where before + interval 12 month >= referral_date and before < referral_date
    union all
    select local_authority_code, 'episode_of_need_ended', closure_date from counts.in_need
    union all
    select local_authority_code, 'assessment_authorised', assessment_authorised_date
    from world.assessments
    union all
    select local_authority_code, 'section_47_enquiry', enquiry_start_date
    from world.section_47_enquiries
    union all
    select local_authority_code, 'initial_conference', conference_date
    from world.initial_conferences
    union all
    select local_authority_code, 'protection_plan_started', plan_start_date
    from world.protection_plans
    union all
    select local_authority_code, 'repeat_protection_plan_started', plan_start_date
    from world.protection_plans where previous_plan_count > 0
    union all
    select local_authority_code, 'protection_plan_ended', plan_end_date
    from world.protection_plans
    union all
    select local_authority_code, 'child_in_need_plan_started', plan_start_date
    from world.child_in_need_plans
    union all
    select local_authority_code, 'care_started', period_start_date
    from world.care_periods where not is_short_breaks_only
    union all
    select local_authority_code, 'care_ended', period_end_date
    from world.care_periods where not is_short_breaks_only
    union all
    select episodes.local_authority_code, 'care_episode_started', episode_start_date
    from world.care_episodes as episodes
    inner join world.care_periods using (care_period_id)
    where not is_short_breaks_only
    union all
    select placements.local_authority_code, 'placement_started', placement_start_date
    from world.placements
    inner join world.care_periods using (care_period_id)
    where not is_short_breaks_only
    union all
    select local_authority_code, 'missing_spell', missing_start_date
    from world.missing_episodes where missing_type_code = 'M'
    union all
    select local_authority_code, 'care_review', review_date from world.care_reviews
    union all
    select local_authority_code, 'adoption', permanence_order_date from world.adoption_journeys
)

select
    authorities.local_authority_code,
    periods.period_id,
    events.event,
    count(happened.event) as event_count
from world.authorities
cross join counts.periods
cross join (select distinct event from happened) as events
left join happened
    on authorities.local_authority_code = happened.local_authority_code
    and events.event = happened.event
    and happened.on_day >= periods.period_start
    and happened.on_day < periods.next_period_start
group by all
order by all;
comment on table counts.events is 'What happened in each period. One row per authority, month, quarter or year, and kind of event.';

create table counts.care_at_year_end as
with years as (
    select *, next_period_start - 1 as year_end from counts.periods where period_type = 'year'
),

in_care as (
    select
        years.period_id,
        years.reporting_year,
        years.period_start,
        years.year_end,
        periods.*
    from world.care_periods as periods
    inner join years
        on periods.period_start_date <= years.year_end
        and (periods.period_end_date is null or periods.period_end_date > years.year_end)
    where not periods.is_short_breaks_only
),

placed as (
    select
        in_care.period_id,
        in_care.child_id,
        count(*) filter (
            where coalesce(placement_end_date, date '2200-01-01') > in_care.period_start
        ) as placements_in_year
    from in_care
    inner join world.placements
        on in_care.child_id = placements.child_id
        and placements.placement_start_date <= in_care.year_end
    inner join world.care_periods as lived
        on placements.care_period_id = lived.care_period_id and not lived.is_short_breaks_only
    group by all
)

select
    in_care.local_authority_code,
    in_care.period_id,
    count(*) as children_in_care,
    count(*) filter (where placed.placements_in_year >= 3) as with_three_placements_or_more,
    count(*) filter (
        where in_care.period_start_date <= in_care.period_start
    ) as in_care_twelve_months
from in_care
inner join placed using (period_id, child_id)
group by all
order by all;
comment on table counts.care_at_year_end is 'Children in care on 31 March. One row per authority and year.';

create table counts.care_leavers as
select
    local_authority_code,
    return_year,
    case when age_turned <= 18 then '17 to 18' when age_turned <= 21 then '19 to 21' else '22 to 25'
    end as age_group,
    count(*) as young_people,
    count(*) filter (where contact_code = 'YES') as in_touch,
    count(*) filter (where activity_code similar to '[FP][1-5]') as in_education_or_work,
    count(*) filter (where left(accommodation_code, 1) not in ('G', 'H', 'R')) as with_suitability,
    count(*) filter (where is_suitable) as in_suitable_accommodation
from world.care_leavers
inner join counts.periods
    on care_leavers.return_year = periods.reporting_year and periods.period_type = 'year'
where contact_code not in ('DIED', 'RHOM')
group by all
order by all;
comment on table counts.care_leavers is 'Care leavers whose birthday fell in the year. One row per authority, return year and age group.';

create table counts.scores as
select
    local_authority_code,
    return_year,
    count(*) as looked_after_twelve_months,
    count(sdq_total_score) as with_score,
    sum(sdq_total_score) as score_sum
from world.yearly_positions
group by all
order by all;
comment on table counts.scores is 'Questionnaire scores of children looked after for twelve months. One row per authority and return year.';

create table counts.workforce as
with census as (
    select
        cast(census_year as integer) as census_year,
        make_date(cast(census_year as integer), 9, 30) as on_day
    from world.settings, generate_series(first_year - 1, last_year) as counted (census_year)
    where make_date(cast(census_year as integer), 9, 30) between written_from and as_at
)

select
    workers.local_authority_code,
    census.census_year,
    sum(fte) filter (
        where not is_agency_worker and coalesce(role_end_date, date '2200-01-01') > on_day
    ) as in_post_fte,
    sum(fte) filter (
        where is_agency_worker and coalesce(role_end_date, date '2200-01-01') > on_day
    ) as agency_fte,
    sum(fte) filter (
        where not is_agency_worker and role_end_date <= on_day
            and role_end_date > on_day - interval 1 year
            and role_start_date <= on_day - interval 1 year
    ) as leavers_fte
from world.workers
inner join census on role_start_date <= on_day
where org_role_code is not null
group by all
order by all;
comment on table counts.workforce is 'Registered social workers and their managers on 30 September. One row per authority and census.';
