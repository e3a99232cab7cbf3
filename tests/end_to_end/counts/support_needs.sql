-- The need types of the support plans, and the age of who has them.
create temp view needs as
select years.*, plans.* exclude (child_id), date_of_birth
from years
inner join world.support_plans as plans on assessed_date <= last_day
left join (select person_id, date_of_birth from world.children) using (person_id);

select 'pif_1_inc_1', local_authority_code, period_id, count(*) filter (where is_supported), count(*)
from (
    select period_id, local_authority_code, person_id,
        bool_or(coalesce(support_start_date <= last_day, false)
            and coalesce(support_end_date > last_day, true)) as is_supported
    from needs
    where need_type_code = 'young_carer' and plan_start_date <= last_day
        and coalesce(closed_date > last_day, true)
        and date_of_birth + interval 18 year > last_day
    group by all
)
group by all;

-- Where nothing is recorded it is not known, and counts as not.
select 'pif_1_inc_2', local_authority_code, period_id, count(*) filter (where is_in_eet),
    count(*) filter (where is_in_eet)
from (
    select distinct period_id, local_authority_code, person_id, exists (
        select 1 from world.education_enrolments as held
        where held.person_id = needs.person_id and entry_date <= last_day
            and coalesce(leaving_date > last_day, true)
    ) as is_in_eet
    from needs
    where need_type_code = 'young_carer' and coalesce(closed_date > last_day, true)
        and date_sub('year', date_of_birth, last_day) in (16, 17)
)
group by all;

-- Needed 90 days after the assessment where no day is written.
select 'pif_1_inc_5', local_authority_code, period_id, count(*) filter (where is_in_time), count(*)
from (
    select period_id, local_authority_code, person_id, bool_and(coalesce(
        support_start_date <= coalesce(needed_by_date, assessed_date + 90), false
    )) as is_in_time
    from needs
    where need_type_code in ('equipment', 'adaptation', 'communication_aid', 'wheelchair')
        and coalesce(needed_by_date, assessed_date + 90) between first_day and last_day
    group by all
)
group by all;

select 'pif_1_inc_6', plans.local_authority_code, period_id,
    count(distinct person_id) filter (where plan_start_date + 365 <= support_start_date),
    count(distinct person_id)
from years
inner join world.support_plans as plans on support_start_date between first_day and last_day
where need_type_code = 'adult_transition'
group by all;

-- Under five, on no roll in reception or above, and assessed in the year: every area scored lies
-- above where concern begins.
select 'pif_1_ach_4', local_authority_code, period_id, count(*) filter (where is_met), count(*)
from (
    select period_id, local_authority_code, child_id, bool_and(score > concern_threshold) as is_met
    from (
        select period_id, in_care.local_authority_code, in_care.child_id,
            reviews.measure_code,
            arg_max(score, review_date) as score, any_value(concern_threshold) as concern_threshold
        from in_care
        inner join (select child_id, person_id from world.children) as people using (child_id)
        inner join world.progress_reviews as reviews
            on people.person_id = reviews.person_id and review_date between first_day and last_day
        inner join (
            select local_authority_code, measure_code, concern_threshold from world.progress_measures
            where domain_code = 'early_development'
        ) as scales
            on reviews.local_authority_code = scales.local_authority_code
            and reviews.measure_code = scales.measure_code
        where date_of_birth + interval 5 year > last_day
            and not exists (
                select 1 from world.education_enrolments as held
                where held.person_id = people.person_id and entry_date <= last_day
                    and coalesce(leaving_date > last_day, true) and setting_type_code <> 'early_years'
            )
            and exists (
                select 1 from world.health_checks as checks
                where checks.child_id = in_care.child_id and check_type_code = 'developmental'
                    and check_status_code = 'completed' and check_date between first_day and last_day
            )
        group by all
    )
    group by all
)
group by all;

-- Activities of a plan that is not closed: times since the review before, at the latest review of
-- the year, twice in four weeks or as often as was agreed.
select 'pif_1_act_1', local_authority_code, period_id, count(*) filter (where takes_part), count(*)
from (
    select period_id, local_authority_code, child_id, coalesce(bool_or(
        review_date >= first_day and review_type_code <> 'baseline'
        and 28 * score >= least(2, target_score) * days_since
    ), false) as takes_part
    from (
        select known.*, reviews.review_date, reviews.review_type_code, reviews.score,
            last_value(reviews.target_score ignore nulls) over scale as target_score,
            reviews.review_date - lag(reviews.review_date) over scale as days_since
        from known
        inner join (select child_id, person_id from world.children) as people using (child_id)
        inner join world.progress_reviews as reviews
            on people.person_id = reviews.person_id and review_date <= last_day
            and measure_code = 'activity_count'
        window scale as (
            partition by period_id, people.person_id, item_number order by review_date
        )
        qualify row_number() over (
            partition by period_id, people.person_id, item_number order by review_date desc
        ) = 1
    )
    where review_type_code <> 'closing'
    group by all
)
group by all;
