-- Who was known, and what for: what every later stage chooses from.

create temp table people as
select
    children.child_id,
    children.local_authority_code,
    children.family_id,
    children.person_id,
    children.date_of_birth,
    -- Whoever died or moved away is no longer at a school here.
    least(
        coalesce(children.date_of_death, date '9999-12-31'), coalesce(residents.moved_out_date, date '9999-12-31')
    ) as last_day_here,
    children.date_of_death,
    children.sex_code,
    children.has_education_health_care_plan,
    children.child_id in (select child_id from world.disabilities) as is_disabled
from world.children as children
left join world.residents as residents on children.child_id = residents.child_id
where children.date_of_birth is not null
order by children.child_id;

-- The strongest service first: a child in care on a plan is asked and counted as in care.
create temp table spells as
with every_spell as (
    select child_id, 'looked_after' as service_status_code, 1 as place, period_start_date as spell_start_date,
        period_end_date as spell_end_date, care_period_id as source_id, service_code
    from world.care_periods
    where not is_short_breaks_only
    union all
    select child_id, 'protection_plan', 2, plan_start_date, plan_end_date, protection_plan_id, null
    from world.protection_plans
    union all
    select child_id, 'child_in_need', 3, referral_date, closure_date, referral_id, null
    from world.referrals
    where not is_no_further_action
    union all
    select spells.child_id, 'care_leaver', 4,
        greatest(spells.spell_start_date, birthday(people.date_of_birth, 18)), spells.spell_end_date, spells.child_id, null
    from world.leaving_care_spells as spells
    inner join people on spells.child_id = people.child_id
    where still(spells.spell_end_date) > birthday(people.date_of_birth, 18)
        and birthday(people.date_of_birth, 18) <= getvariable('as_at')
)
select people.local_authority_code, people.person_id, people.family_id, people.date_of_birth, people.sex_code, every_spell.*
from every_spell
inner join people on every_spell.child_id = people.child_id
where every_spell.spell_start_date >= people.date_of_birth
order by people.child_id, place, spell_start_date;

create temp table months as
select cast(month_start_date as date) as month_start_date
from generate_series(
    date_trunc('month', getvariable('detail_from')), cast(getvariable('as_at') as timestamp), interval 1 month
) as series (month_start_date);

-- One row per child with an open service on the first of a month: the strongest service.
create temp table child_months as
select
    spells.child_id,
    any_value(spells.local_authority_code) as local_authority_code,
    any_value(spells.person_id) as person_id,
    any_value(spells.family_id) as family_id,
    any_value(spells.sex_code) as sex_code,
    any_value(spells.date_of_birth) as date_of_birth,
    months.month_start_date,
    min_by(spells.service_status_code, spells.place) as service_status_code,
    max(spells.service_code) filter (where spells.place = 1) as service_code,
    max(spells.source_id) filter (where spells.place = 1) as care_period_id,
    age_on(any_value(spells.date_of_birth), months.month_start_date) as age_years
from spells
inner join months
    on spells.spell_start_date <= months.month_start_date
    and still(spells.spell_end_date) > months.month_start_date
group by spells.child_id, months.month_start_date
order by spells.child_id, months.month_start_date;

-- The one adult of the family who speaks for it.
create temp table parents as
select family_id, min(person_id) as parent_id
from world.family_members
where child_id is null and member_role_code in ('parent', 'carer')
group by family_id;

-- Who holds the case of a child, day by day.
create temp table key_workers as
select child_id, worker_id, team_id, allocation_start_date, still(allocation_end_date) as allocation_end_date
from world.allocations
where allocation_role_code in ('key_social_worker', 'personal_adviser')
qualify row_number() over (
    partition by child_id, allocation_start_date order by allocation_role_code, allocation_id
) = 1
order by child_id, allocation_start_date;

create temp table staff_months as
select
    months.month_start_date,
    workers.worker_id,
    workers.local_authority_code,
    workers.team_id,
    workers.staff_group_code,
    workers.org_role_code,
    workers.employment_type_code,
    workers.line_manager_id,
    workers.role_start_date
from world.workers as workers
inner join months
    on workers.role_start_date <= months.month_start_date
    and still(workers.role_end_date) > months.month_start_date
qualify row_number() over (
    partition by workers.worker_id, months.month_start_date order by workers.role_start_date desc
) = 1
order by workers.worker_id, months.month_start_date;
