-- What follows from all authorities together, or from tables that stand already.

-- Children under 18 who live in the authority on 30 June.
insert into world.populations by name
select
    residents.local_authority_code,
    years.mid_year,
    date_diff('year', residents.date_of_birth, years.on_day)
    - case
        when strftime(residents.date_of_birth, '%m%d') > strftime(years.on_day, '%m%d') then 1
        else 0
    end as age_years,
    residents.sex_code,
    count(*) as population_count
from world.residents
inner join (
    select
        cast(mid_year as integer) as mid_year,
        make_date(cast(mid_year as integer), 6, 30) as on_day
    from world.settings, generate_series(first_year - 4, last_year) as counted (mid_year)
    where make_date(cast(mid_year as integer), 6, 30) <= as_at
) as years
    on residents.date_of_birth <= years.on_day
    and residents.date_of_birth + interval 18 year > years.on_day
    and (residents.date_of_death is null or residents.date_of_death > years.on_day)
    and (residents.moved_in_date is null or residents.moved_in_date <= years.on_day)
    and (residents.moved_out_date is null or residents.moved_out_date > years.on_day)
group by all
order by residents.local_authority_code, years.mid_year, age_years, residents.sex_code;

-- The nearest authorities by the share of families in the most deprived fifth.
insert into world.statistical_neighbours by name
with shares as (
    select
        local_authority_code,
        avg(case when deprivation_decile <= 2 then 1.0 else 0.0 end) as poor
    from world.households
    group by local_authority_code
)

select
    own.local_authority_code,
    row_number() over (
        partition by own.local_authority_code
        order by abs(own.poor - other.poor), other.local_authority_code
    ) as neighbour_rank,
    other.local_authority_code as neighbour_local_authority_code
from shares as own
inner join shares as other on own.local_authority_code <> other.local_authority_code
order by all;

insert into world.addresses by name
with lived as (
    select
        children.child_id,
        children.local_authority_code,
        'home' as address_type,
        coalesce(residents.moved_in_date, residents.date_of_birth) as address_start_date,
        residents.moved_out_date as address_end_date,
        households.postcode
    from world.children
    inner join world.residents using (child_id)
    inner join world.households on children.family_id = households.family_id
    where residents.date_of_birth <= (select as_at from world.settings)
    union all
    select
        child_id,
        local_authority_code,
        'placement' as address_type,
        placement_start_date as address_start_date,
        placement_end_date as address_end_date,
        placement_postcode as postcode
    from world.placements
    where not exists (
        select 1 from world.care_periods
        where care_periods.care_period_id = placements.care_period_id and is_short_breaks_only
    )
)

select
    row_number() over (order by lived.child_id, lived.address_start_date, lived.address_type)
        as address_id,
    lived.*,
    postcodes.small_area_code
from lived
inner join world.postcodes on lived.postcode = postcodes.postcode
order by address_id;

-- Children looked after for the twelve months to 31 March without a short break: what the return
-- asks of them once a year (SSDA903 guide, outcomes module).
insert into world.yearly_positions by name
with years as (
    select
        cast(return_year as integer) as return_year,
        make_date(cast(return_year as integer), 3, 31) as on_day,
        make_date(cast(return_year as integer) - 1, 4, 1) as year_start
    from world.settings, generate_series(first_year, last_year) as counted (return_year)
    where make_date(cast(return_year as integer), 3, 31) <= as_at
),

cohort as (
    select
        periods.child_id,
        periods.local_authority_code,
        years.*,
        residents.date_of_birth
    from world.care_periods as periods
    inner join years
        on periods.period_start_date <= years.year_start
        and (periods.period_end_date is null or periods.period_end_date > years.on_day)
    inner join world.residents using (child_id)
    where not periods.is_short_breaks_only
        and residents.date_of_birth + interval 18 year > years.on_day
),

checked as (
    select
        cohort.child_id,
        cohort.return_year,
        count(*) filter (where check_type_code in ('initial', 'review')) as health_checks,
        count(*) filter (where check_type_code = 'dental') as dental_checks,
        count(*) filter (where check_type_code = 'developmental') as development_checks
    from cohort
    inner join world.health_checks
        on cohort.child_id = health_checks.child_id
        and health_checks.check_date between cohort.year_start and cohort.on_day
    group by all
),

immunised as (
    select cohort.child_id, cohort.return_year, max_by(is_up_to_date, check_date) as up_to_date
    from cohort
    inner join world.health_checks
        on cohort.child_id = health_checks.child_id
        and health_checks.check_date <= cohort.on_day
        and check_type_code = 'immunisation'
    group by all
),

scored as (
    select
        cohort.child_id,
        cohort.return_year,
        max_by(sdq_total_score, sdq_date) filter (where sdq_total_score is not null) as score,
        max_by(no_score_reason_code, sdq_date) as reason
    from cohort
    inner join world.sdq_scores
        on cohort.child_id = sdq_scores.child_id
        and sdq_scores.sdq_date between cohort.year_start and cohort.on_day
    group by all
),

convicted as (
    select cohort.child_id, cohort.return_year, count(*) as offences
    from cohort
    inner join world.offences
        on cohort.child_id = offences.child_id
        and offences.outcome_date between cohort.year_start and cohort.on_day
        and offences.is_convicted_or_cautioned
    group by all
),

misused as (
    select
        cohort.child_id,
        cohort.return_year,
        bool_or(is_intervention_received) as received,
        bool_or(is_intervention_offered) as offered
    from cohort
    inner join world.substance_misuse
        on cohort.child_id = substance_misuse.child_id
        and substance_misuse.recorded_date between cohort.year_start and cohort.on_day
    group by all
),

aged as (
    select
        *,
        date_diff('year', date_of_birth, on_day)
        - case
            when strftime(date_of_birth, '%m%d') > strftime(on_day, '%m%d') then 1 else 0
        end as age_years
    from cohort
)

select
    aged.child_id,
    aged.local_authority_code,
    aged.return_year,
    case when aged.age_years between 4 and 16 then scored.score end as sdq_total_score,
    case
        when aged.age_years between 4 and 16 and scored.score is null
            then coalesce(scored.reason, 'SDQ4')
    end as sdq_reason_code,
    case when aged.age_years >= 10 then coalesce(convicted.offences, 0) > 0 end
        as is_convicted_or_cautioned,
    case when aged.age_years < 5 then coalesce(checked.development_checks, 0) > 0 end
        as is_development_check_up_to_date,
    coalesce(immunised.up_to_date, false) as is_immunisation_up_to_date,
    coalesce(checked.dental_checks, 0) > 0 as is_dental_check_done,
    coalesce(checked.health_checks, 0) >= case when aged.age_years < 5 then 2 else 1 end
        as is_health_assessment_done,
    misused.child_id is not null as is_substance_misuse_identified,
    misused.received as is_intervention_received,
    case when not misused.received then misused.offered end as is_intervention_offered
from aged
left join checked using (child_id, return_year)
left join immunised using (child_id, return_year)
left join scored using (child_id, return_year)
left join convicted using (child_id, return_year)
left join misused using (child_id, return_year)
order by aged.child_id, aged.return_year;
