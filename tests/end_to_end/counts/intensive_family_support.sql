-- Families of the programme: the year they began, and the closing review.
create temp view families as
select period_id, first_day, last_day, places.local_authority_code, family_id,
    min(start_date) as start_date,
    case when count(end_date) = count(*) then max(end_date) end as end_date
from years
inner join world.programme_participation as places on start_date between first_day and last_day
inner join (
    select local_authority_code, service_code, programme_code from world.service_register
) using (local_authority_code, service_code)
where programme_code = 'intensive_family_support'
group by all;

create temp view found as
select families.*, person_id, measure_code,
    arg_min(coalesce(result_code, cast(score as varchar)), review_date)
        filter (where review_type_code = 'baseline') as at_first,
    arg_max(coalesce(result_code, cast(score as varchar)), review_date)
        filter (where review_type_code <> 'baseline') as at_last,
    (
        select max(review_date) from world.progress_reviews as reviews
        where reviews.family_id = families.family_id and review_type_code <> 'baseline'
    ) as reviewed_date
from families
inner join world.progress_reviews using (family_id, local_authority_code)
group by all;

select 'afc_ifs_local_authorities', local_authority_code, period_id, 1, null
from families group by all;

-- Reviewed half a year after the start or later.
select 'afc_ifs_violence_reduced', local_authority_code, period_id,
    count(*) filter (where not exists (
        select 1 from world.incidents as happened
        where happened.family_id = found.family_id and incident_type_code = 'home_violence'
            and reviewed_date - incident_date between 0 and 182
    )), count(*)
from found
where measure_code = 'home_violence_history' and at_first = 'yes' and reviewed_date - start_date >= 183
group by all;

select 'afc_ifs_child_behaviour_improved', local_authority_code, period_id,
    count(*) filter (where is_better), count(*)
from (
    select period_id, local_authority_code, family_id,
        bool_or(cast(at_last as double) >= cast(at_first as double) + 1)
        and not bool_or(cast(at_last as double) < cast(at_first as double)) as is_better
    from found
    where measure_code = 'ifs_behaviour_five' and cast(at_first as double) <= 3 and at_last is not null
    group by all
)
group by all;

-- Not known before the year is over, unless care was entered.
select 'afc_ifs_not_entered_care', local_authority_code, period_id,
    count(*) filter (where not has_entered), count(*)
from (
    select found.*, exists (
        select 1 from care
        inner join (select child_id, person_id from world.children) as people using (child_id)
        where people.person_id = found.person_id
            and period_start_date between start_date
            and greatest(start_date + 365, coalesce(reviewed_date, start_date))
    ) as has_entered
    from found
    where measure_code = 'care_entry_risk' and at_first in ('high', 'medium')
)
cross join world.settings
where has_entered or start_date + 365 <= as_at
group by all;

-- The change itself, in percent; a complaint counts on both sides of a short spell.
select 'afc_ifs_asb_complaints', local_authority_code, period_id,
    100.0 * (after_count - before_count) / before_count, before_count + after_count
from (
    select period_id, local_authority_code,
        count(distinct incident_id) filter (where start_date - incident_date between 1 and 183)
            as before_count,
        count(distinct incident_id) filter (where end_date - incident_date between 1 and 183)
            as after_count
    from families
    inner join world.incidents using (family_id, local_authority_code)
    where end_date is not null and incident_type_code = 'asb_complaint'
    group by all
)
where before_count > 0;
