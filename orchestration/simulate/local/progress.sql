-- Each child's own way: a baseline, and reviews that show what really happened.
--
-- Whether somebody fares better, the same or worse is decided once for a course; every later
-- review shows it, and the course of those who are lost to follow-up has a baseline only.

insert into world.progress_measures
select
    authorities.local_authority_code,
    list.measure_code,
    list.tool_code,
    list.measure_name,
    list.domain_code,
    list.subject_type_code,
    list.minimum_score,
    list.maximum_score,
    list.is_higher_better = 'Y',
    list.improvement_points,
    list.concern_threshold,
    list.standard_deviation,
    list.reliability,
    list.minimum_gap_days,
    list.minimum_age_months,
    list.maximum_age_months,
    list.service_area_code,
    getvariable('detail_from') as valid_from_date,
    null as valid_to_date
from local_progress_measures as list
cross join world.authorities as authorities
order by authorities.local_authority_code, list.measure_code;

create temp table courses as
with followed as (
    -- With a plan, or while in care: from its start, or from when measuring began.
    select
        list.*,
        spells.local_authority_code,
        spells.child_id,
        spells.person_id,
        null as family_id,
        null as participation_id,
        null as service_code,
        concat_ws(' ', measure_code, spells.service_status_code, spells.source_id) as key,
        greatest(spells.spell_start_date, getvariable('detail_from'))
            + between_(0, if(list.followed_with = 'protection_plan', 18, 45), 'baseline', concat_ws(' ', measure_code, spells.source_id))
            as baseline_date,
        still(spells.spell_end_date) as course_end_date,
        spells.spell_end_date is not null as is_over,
        spells.date_of_birth,
        if(list.followed_with = 'protection_plan', 100, 170) as gap_days
    from local_progress_measures as list
    inner join spells
        on spells.service_status_code = list.followed_with
        or (list.followed_with = 'open_cases' and spells.service_status_code = 'child_in_need')
    where still(spells.spell_end_date) > getvariable('detail_from') + 30
        and draw('followed', concat_ws(' ', measure_code, spells.service_status_code, spells.source_id)) < list.yearly_share
    union all
    select
        list.*,
        places.local_authority_code,
        places.child_id,
        places.person_id,
        null,
        places.participation_id,
        places.service_code,
        concat_ws(' ', measure_code, places.participation_id),
        places.start_date,
        still(places.end_date),
        places.end_date is not null,
        people.date_of_birth,
        50
    from local_progress_measures as list
    inner join world.programme_participation as places
        on list.followed_with like 'programme:%'
        and list_contains(
            string_split(split_part(list.followed_with, ':', 2), '|'),
            split_part(places.service_code, '-', 2)
        )
    inner join people on places.child_id = people.child_id
    where places.start_date is not null
        and draw('followed', concat_ws(' ', measure_code, places.participation_id)) < list.yearly_share
        -- The return has the questionnaires of children in care.
        and not (
            list.tool_code like 'sdq%'
            and exists (
                select 1 from spells as in_care
                where in_care.child_id = places.child_id and in_care.service_status_code = 'looked_after'
            )
        )
),

eligible as (
    select *
    from followed
    where baseline_date < course_end_date
        and baseline_date <= getvariable('as_at')
        and (
            minimum_age_months is null
            or date_sub('month', date_of_birth, baseline_date) between minimum_age_months and maximum_age_months
        )
),

items_of as (
    select * replace (concat_ws(' ', key, item) as key), item as item_number
    from eligible
    cross join lateral (select unnest(range(1, items + 1)) as item)
),

fated as (
    select
        *,
        draw('fate', key) as fate_draw,
        draw('followed up', key) < followed_up_share as is_followed_up,
        case
            when maximum_score = 40 then between_(14, 29, 'score', key)
            when tool_code = 'count' then between_(0, 2, 'score', key)
            when domain_code = 'high_risk_behaviour' then 1 + cast(floor(3.4 * pow(draw('score', key), 1.6)) as integer)
            else 1 + cast(floor(4.9 * pow(draw('score', key), 1.25)) as integer)
        end as first_score
    from items_of
),

fates as (
    select
        *,
        case when fate_draw < better_share then 'better' when fate_draw >= 1 - worse_share then 'worse' else 'same' end as fate,
        draw('maintain', key) < coalesce(maintain_share, 0) as is_to_maintain
    from fated
)

select
    * exclude (first_score),
    -- There must be room for what happens.
    case
        when maximum_score = 40 then first_score
        when tool_code = 'count' then greatest(first_score, if(fate = 'worse', 1, 0))
        when is_to_maintain and fate <> 'better' then greatest(first_score, 4)
        when fate = 'better' then least(first_score, 4)
        when fate = 'worse' then greatest(first_score, 2)
        else first_score
    end as first_score,
    row_number() over (order by key) as course_id
from fates
order by key;

create temp table course_reviews as
with numbered as (
    select course_id, n as review_number, baseline_date + cast(n * gap_days as integer) as review_date, 'review' as review_type_code
    from courses
    cross join range(1, 12) as numbers (n)
    where is_followed_up and baseline_date + cast(n * gap_days as integer) < course_end_date - 20
    union all
    select course_id, 0, baseline_date, 'baseline' from courses
    union all
    select course_id, 99, course_end_date + between_(0, 14, 'closing', key), 'closing'
    from courses
    where is_followed_up and is_over
        and course_end_date + between_(0, 14, 'closing', key) >= baseline_date + cast(coalesce(minimum_gap_days, 0) as integer)
)

select *, lag(review_date) over (partition by course_id order by review_number) as previous_review_date
from numbered
where review_date <= getvariable('as_at');

-- Checks of the development of young children in care, area by area.
create temp table development_scores as
select
    people.local_authority_code,
    people.person_id,
    list.measure_code,
    list.rater_type_code,
    checks.check_date as review_date,
    row_number() over (partition by checks.child_id, list.measure_code order by checks.check_date) as place,
    case
        when draw('development', concat_ws(' ', checks.health_check_id, list.measure_code)) < 0.17
            then between_(5, cast(list.concern_threshold as integer), 'low', concat_ws(' ', checks.health_check_id, list.measure_code))
        else 5 + 5 * between_(cast(floor(list.concern_threshold / 5) as integer), 11, 'high', concat_ws(' ', checks.health_check_id, list.measure_code))
    end as score
from local_progress_measures as list
cross join world.health_checks as checks
inner join people on checks.child_id = people.child_id
where list.domain_code = 'early_development'
    and checks.check_type_code = 'developmental'
    and checks.check_status_code = 'completed'
    and date_sub('month', people.date_of_birth, checks.check_date) between list.minimum_age_months and list.maximum_age_months;

create temp table every_review as
with scored as (
    select
        courses.*,
        reviews.review_number,
        reviews.review_date,
        reviews.review_type_code,
        case
            when reviews.review_type_code = 'baseline' then first_score
            when maximum_score = 40 then greatest(0, least(40, first_score + case fate
                when 'better' then -between_(7, 11, 'points', concat_ws(' ', key, review_number))
                when 'worse' then between_(7, 10, 'points', concat_ws(' ', key, review_number))
                else between_(-3, 3, 'points', concat_ws(' ', key, review_number))
            end))
            when tool_code = 'count' then case fate
                when 'better' then cast(ceil((reviews.review_date - previous_review_date) / 14.0) as integer)
                    + between_(0, 6, 'times', concat_ws(' ', key, review_number)) + 2
                when 'worse' then first_score - 1
                else first_score
            end
            else greatest(1, least(5, first_score + case fate
                when 'better' then between_(1, 2, 'points', concat_ws(' ', key, review_number))
                when 'worse' then -between_(1, 2, 'points', concat_ws(' ', key, review_number))
                else 0
            end))
        end as score
    from courses
    inner join course_reviews as reviews on courses.course_id = reviews.course_id
)

select
    local_authority_code, person_id, child_id, family_id, participation_id, service_code, measure_code, item_number,
    case domain_code
        when 'chosen_skill' then one_of('Ride a bike|Cook a meal|Swim|Draw|Speak in a group', 'skill', key)
        when 'activity' then one_of('Football|Dance|Choir|Scouts|Swimming', 'activity', key)
        when 'parent_goal' then one_of('Calmer mornings|Bed on time|No shouting', 'goal', key)
        when 'plan_outcome' then one_of('Safe at home|In school every day|Sees the dentist', 'outcome', key)
    end as item_text,
    review_type_code, review_date, rater_type_code, score, null as result_code,
    if(review_type_code = 'baseline', if(is_to_maintain, 'maintain', 'improve'), null) as intended_direction_code,
    if(review_type_code = 'baseline', if(tool_code = 'count', 2, least(maximum_score, first_score + 1)), null) as target_score,
    if(review_type_code = 'baseline', baseline_date + 180, null) as target_date,
    if(review_type_code = 'baseline', domain_code in ('chosen_skill', 'activity', 'parent_goal'), null) as is_chosen_by_child
from scored
union all
select
    local_authority_code, person_id, null, null, null, null, measure_code, 1, null,
    if(place = 1, 'baseline', 'review'), review_date, rater_type_code, score, null, null, null, null, null
from development_scores;

-- One course a place: whoever is followed twice for the same is followed once.
create temp table reviews_made as
with once as (
    select *
    from every_review
    qualify row_number() over (
        partition by
            local_authority_code, person_id, measure_code, item_number, review_date,
            review_type_code, participation_id
        order by score, service_code
    ) = 1
)

select
    *,
    row_number() over (
        order by
            local_authority_code, person_id, measure_code, item_number, review_date,
            review_type_code, participation_id
    ) as progress_review_id
from once;

insert into world.progress_reviews
select
    reviews.local_authority_code,
    reviews.progress_review_id,
    reviews.person_id,
    reviews.family_id,
    reviews.participation_id,
    reviews.service_code,
    reviews.measure_code,
    reviews.item_number,
    reviews.item_text,
    reviews.review_type_code,
    reviews.review_date,
    reviews.rater_type_code,
    case when key_workers.allocation_end_date > reviews.review_date then key_workers.worker_id end
        as worker_id,
    reviews.score,
    reviews.result_code,
    reviews.intended_direction_code,
    reviews.target_score,
    reviews.target_date,
    reviews.is_chosen_by_child
from reviews_made as reviews
asof left join key_workers
    on reviews.child_id = key_workers.child_id
    and reviews.review_date >= key_workers.allocation_start_date
order by reviews.progress_review_id;

insert into world.truth_progress
select
    local_authority_code,
    return_year(baseline_date) as return_year,
    measure_code,
    count(*) filter (where is_seen and fate = 'better') as better_count,
    count(*) filter (where is_seen and fate = 'same') as same_count,
    count(*) filter (where is_seen and fate = 'worse') as worse_count,
    count(*) filter (where not is_seen) as not_known_count
from (
    select courses.*, course_id in (select course_id from course_reviews where review_type_code <> 'baseline') as is_seen
    from courses
)
group by all
order by all;
