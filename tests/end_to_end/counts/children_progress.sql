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

-- Whom a score is about: a parent's the child the place is for, a family's each child who is in it on
-- the day; of a coded state its place among the states, from the worst to the best.
create temp view scores_of_children as
select reviews.local_authority_code, measure_code, item_number, reviews.participation_id,
    review_type_code, review_date, domain_code, is_higher_better, coalesce(minimum_gap_days, 90) as gap_days,
    coalesce(score, state_number) as score,
    coalesce(places.person_id, reviews.person_id, members.person_id) as about
from world.progress_reviews as reviews
inner join (
    select local_authority_code, measure_code, tool_code, domain_code, subject_type_code,
        is_higher_better, minimum_gap_days, minimum_age_months, maximum_age_months
    from world.progress_measures
) as scales using (local_authority_code, measure_code)
left join (
    select places.local_authority_code, participation_id, children.person_id
    from world.programme_participation as places
    inner join world.children on places.child_id = children.child_id
) as places
    on reviews.local_authority_code = places.local_authority_code
    and reviews.participation_id = places.participation_id
    and subject_type_code <> 'child'
left join (select person_id, date_of_birth from world.children) as own
    on reviews.person_id = own.person_id
left join (
    select local_authority_code, family_id, person_id, joined_date, left_date
    from world.programme_family_members where member_role_code = 'child'
) as members
    on reviews.person_id is null
    and reviews.local_authority_code = members.local_authority_code
    and reviews.family_id = members.family_id
    and review_date >= members.joined_date
    and coalesce(review_date < members.left_date, true)
left join (
    values ('tenancy_status', 'evicted', 1), ('tenancy_status', 'at_risk_of_eviction', 2),
        ('tenancy_status', 'warnings_only', 3), ('tenancy_status', 'no_risk_from_asb', 4),
        ('tenancy_status', 'stable', 5), ('asb_status', 'present', 1),
        ('asb_status', 'reduced', 2), ('asb_status', 'significantly_reduced', 3),
        ('asb_status', 'ceased', 4), ('care_entry_risk', 'high', 1),
        ('care_entry_risk', 'medium', 2), ('care_entry_risk', 'low', 3),
        ('vulnerable_child', 'yes', 1), ('vulnerable_child', 'no', 2)
) as states (measure_code, result_code, state_number) using (measure_code, result_code)
-- A count since the last review is no score.
where tool_code <> 'count' and coalesce(score, state_number) is not null
    and coalesce(date_sub('month', own.date_of_birth, review_date)
        between minimum_age_months and maximum_age_months, true);

-- The course begun last by the end of the year, and its latest score far enough from the first.
create temp view pairs_of_children as
select period_id, local_authority_code, about, domain_code, measure_code, item_number,
    if(is_higher_better, at_last - at_first, at_first - at_last) as gain
from (
    select began.* exclude (score), began.score as at_first,
        arg_max(later.score, later.review_date) as at_last
    from (
        select years.*, firsts.*
        from years
        inner join (
            select *, lead(review_date, 1, date '9999-12-31') over (
                partition by local_authority_code, about, measure_code, item_number,
                    participation_id
                order by review_date
            ) as next_date
            from scores_of_children where review_type_code = 'baseline'
        ) as firsts on firsts.review_date <= last_day
        qualify row_number() over (
            partition by period_id, local_authority_code, about, measure_code, item_number
            order by firsts.review_date desc
        ) = 1
    ) as began
    inner join scores_of_children as later
        on began.local_authority_code = later.local_authority_code
        and began.about = later.about
        and began.measure_code = later.measure_code
        and began.item_number = later.item_number
        and began.participation_id is not distinct from later.participation_id
    where later.review_type_code <> 'baseline'
        and later.review_date - began.review_date >= began.gap_days
        and later.review_date between first_day and least(last_day, next_date - 1)
    group by all
);

-- Better in more domains than worse; scales of one domain that moved apart leave it where it was.
select 'afc_each_child_improved', local_authority_code, period_id,
    count(*) filter (where up_count > down_count), count(*)
from (
    select period_id, local_authority_code, about,
        count(*) filter (where net > 0) as up_count, count(*) filter (where net < 0) as down_count
    from (
        select period_id, local_authority_code, about, domain_code, sum(moved) as net
        from (
            select period_id, local_authority_code, about, domain_code, measure_code,
                sign(avg(gain)) as moved
            from pairs_of_children
            group by all
        )
        group by all
    )
    group by all
)
group by all;
