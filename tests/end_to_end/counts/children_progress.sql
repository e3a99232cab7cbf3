-- Scores at an age the scale is for, from the lowest to the highest it allows.
create temp view scores as
select reviews.*, scales.* exclude (local_authority_code, measure_code), child_id
from world.progress_reviews as reviews
inner join (
    select local_authority_code, measure_code, domain_code, tool_code, minimum_gap_days,
        is_higher_better, minimum_age_months, maximum_age_months
    from world.progress_measures
) as scales
    on reviews.local_authority_code = scales.local_authority_code
    and reviews.measure_code = scales.measure_code
left join (select child_id, person_id, date_of_birth from world.children) as people
    on reviews.person_id = people.person_id
where tool_code in ('five_point', 'sdq_parent_carer')
    and coalesce(date_sub('month', date_of_birth, review_date)
        between minimum_age_months and maximum_age_months, true);

-- Courses: each begins with a baseline and lasts until the next one of the same scale.
create temp view courses as
select *,
    lead(review_date, 1, date '9999-12-31') over (
        partition by local_authority_code, person_id, measure_code, item_number, participation_id
        order by review_date
    ) as next_date
from scores
where review_type_code = 'baseline';

create temp view pairs as
select * exclude (score, review_date), score as at_last
from (
    select period_id, reporting_year, first_day, last_day, courses.local_authority_code,
        courses.person_id, courses.child_id, courses.domain_code, courses.measure_code,
        courses.item_number, courses.review_date as began, courses.score as at_first,
        courses.is_higher_better,
        coalesce(courses.intended_direction_code = 'maintain', false) as is_to_keep,
        later.score, later.review_date
    from years
    inner join courses on courses.review_date <= last_day
    inner join scores as later
        on courses.local_authority_code = later.local_authority_code
        and courses.person_id = later.person_id
        and courses.measure_code = later.measure_code
        and courses.item_number = later.item_number
        and courses.participation_id is not distinct from later.participation_id
    where later.review_type_code <> 'baseline'
        and later.review_date - courses.review_date >= courses.minimum_gap_days
        and later.review_date < next_date and next_date > last_day
        and later.review_date between first_day and last_day
)
qualify row_number() over (
    partition by period_id, local_authority_code, person_id, measure_code, item_number
    order by began desc, review_date desc
) = 1;

select 'rees_' || indicator, local_authority_code, period_id, count(*) filter (where is_better),
    count(*)
from (
    select period_id, local_authority_code, person_id, indicator,
        bool_and(at_last > at_first or is_kept_counted and is_to_keep and at_last = at_first
            or is_high_counted and at_first >= 4 and at_last >= 4) as is_better
    from pairs
    inner join (
        values ('child_healthy_development_progress', 'health_development', true, false),
            ('child_settled_happy_wellbeing_improved', 'settled_happy', false, true),
            ('int_children_services_respond_plan_outcomes_progress', 'plan_outcome', false, false),
            ('int_parents_services_respond_parent_goals_progress', 'parent_goal', false, false)
    ) as asked (indicator, domain_code, is_kept_counted, is_high_counted) using (domain_code)
    group by all
)
group by all;

select 'dorset_resilience_progress', local_authority_code, period_id,
    count(*) filter (where is_better), count(*)
from (
    select period_id, local_authority_code, person_id, bool_and(at_last > at_first) as is_better
    from pairs where domain_code = 'resilience' group by all
)
group by all;

-- Of those with a case open on a day of the year.
select indicator, local_authority_code, period_id, count(*) filter (where is_better), count(*)
from (
    select period_id, local_authority_code, person_id, indicator,
        case indicator
            when 'pif_1_ach_1' then 2 * count(*) filter (where is_as_planned) > count(*)
            else bool_and(is_as_planned)
        end as is_better
    from (
        select *, at_last > at_first or is_to_keep and at_last >= at_first as is_as_planned
        from pairs
        inner join (
            values ('pif_1_ach_1', 'chosen_skill'), ('pif_1_ach_2', 'self_esteem_confidence')
        ) as asked (indicator, domain_code) using (domain_code)
    ) as scored
    where exists (
        select 1 from (
            select child_id, referral_date as begins, closure_date as ends from counts.in_need
            union all
            select child_id, plan_start_date, plan_end_date from world.protection_plans
            union all
            select child_id, period_start_date, period_end_date from care
        ) as helped
        where helped.child_id = scored.child_id
            and begins <= last_day and coalesce(ends > first_day, true)
    )
    group by period_id, local_authority_code, person_id, indicator
)
group by all;

select 'pif_1_s_3', local_authority_code, period_id, count(*) filter (where is_effective), count(*)
from (
    select period_id, pairs.local_authority_code, person_id,
        at_last > at_first and exists (
            select 1 from world.support_plans as support
            where support.person_id = pairs.person_id and need_type_code = 'high_risk_behaviour'
                and support_start_date between began and last_day
        ) as is_effective
    from pairs
    where domain_code = 'high_risk_behaviour' and at_first <= 2
        and exists (
            select 1 from care
            where care.child_id = pairs.child_id
                and period_start_date <= last_day and coalesce(period_end_date > first_day, true)
                and date_of_birth + interval 18 year > first_day
        )
)
group by all;

-- From the first score of the plan to the last, up to 30 days after its end; of several plans the
-- last.
select 'rees_child_safe_risk_reduced', local_authority_code, period_id,
    count(*) filter (where is_better), count(*)
from (
    select period_id, plans.local_authority_code, protection_plan_id,
        arg_max(score, review_date) > arg_min(score, review_date) as is_better
    from (
        select years.*, ended.* from years
        inner join world.protection_plans as ended on plan_end_date between first_day and last_day
        qualify row_number() over (
            partition by period_id, child_id order by plan_end_date desc, plan_start_date desc
        ) = 1
    ) as plans
    inner join (select child_id, person_id from world.children) using (child_id)
    inner join (
        select person_id, review_date, score from world.progress_reviews
        where measure_code = 'safety_five'
    ) as scored using (person_id)
    where review_date between plan_start_date and least(plan_end_date + 30, last_day)
    group by all
    having count(distinct review_date) > 1
)
group by all;

-- Of parents and carers of a child looked after on a day of the year.
select 'pif_1_r_4', local_authority_code, period_id, count(*) filter (where is_better), count(*)
from (
    select period_id, places.local_authority_code, places.person_id,
        bool_or(at_last > at_first) as is_better
    from years
    inner join world.programme_participation as places on end_date between first_day and last_day
    inner join (
        select local_authority_code, service_code from world.service_register
        where service_area_code = 'parenting' and is_accredited
    ) using (local_authority_code, service_code)
    inner join (
        select participation_id, local_authority_code, arg_min(score, review_date) as at_first
        from world.progress_reviews where measure_code = 'parenting_five' group by all
    ) as firsts using (participation_id, local_authority_code)
    inner join (
        select period_id, participation_id, reviews.local_authority_code,
            arg_max(score, review_date) as at_last
        from years
        inner join world.progress_reviews as reviews on review_date between first_day and last_day
        inner join (
            select participation_id, local_authority_code, end_date
            from world.programme_participation
        ) using (participation_id, local_authority_code)
        where measure_code = 'parenting_five' and review_date >= end_date
            and review_type_code <> 'baseline'
        group by all
    ) as lasts using (period_id, participation_id, local_authority_code)
    where end_reason_code = 'completed'
        and exists (
            select 1 from care
            where care.child_id = places.child_id
                and period_start_date <= last_day and coalesce(period_end_date > first_day, true)
                and date_of_birth + interval 18 year > first_day
        )
    group by all
)
group by all;
