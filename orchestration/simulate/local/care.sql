-- Health needs and support, family time, the terms of placements and their cost, and what happened.

-- ---- needs and support ----

insert into world.support_plans
with found as (
    -- Each health assessment finds what it finds.
    select
        list.*, people.local_authority_code, people.person_id, null as child_id, 'HC' || checks.health_check_id as assessment_id,
        checks.check_date as assessed_date, concat_ws(' ', list.need_type_code, checks.health_check_id) as key, people.date_of_birth
    from local_support_needs as list
    cross join world.health_checks as checks
    inner join people on checks.child_id = people.child_id
    where list.population = 'health_assessment'
        and checks.check_type_code in ('initial', 'review')
        and checks.check_status_code = 'completed'
        and age_on(people.date_of_birth, checks.check_date) between list.minimum_age and list.maximum_age
        and draw('need', concat_ws(' ', list.need_type_code, checks.health_check_id)) < list.yearly_share
    union all
    -- With a service: at most once a year.
    select
        list.*, child_months.local_authority_code, child_months.person_id, null, null,
        child_months.month_start_date + between_(0, 27, 'assessed', concat_ws(' ', list.need_type_code, child_months.child_id, child_months.month_start_date)),
        concat_ws(' ', list.need_type_code, list.population, child_months.child_id, child_months.month_start_date), child_months.date_of_birth
    from local_support_needs as list
    inner join child_months
        on case list.population
            when 'child_in_need' then child_months.service_status_code = 'child_in_need'
            when 'protection_plan' then child_months.service_status_code = 'protection_plan'
            when 'looked_after' then child_months.service_status_code = 'looked_after'
            when 'disabled' then child_months.service_status_code <> 'care_leaver'
                and child_months.child_id in (select child_id from people where is_disabled)
            when 'young_carer' then child_months.service_status_code <> 'care_leaver'
                and child_months.child_id in (select child_id from world.assessment_factors where factor_code = '7A')
        end
        and child_months.age_years between list.minimum_age and list.maximum_age
    where draw('need', concat_ws(' ', list.need_type_code, list.population, child_months.child_id, child_months.month_start_date))
        < list.yearly_share / 12
    qualify row_number() over (
        partition by list.need_type_code, list.population, child_months.child_id,
            case when list.need_type_code in ('adult_transition', 'young_carer') then 0 else return_year(child_months.month_start_date) end
        order by child_months.month_start_date
    ) = 1
    union all
    -- Kinship carers, every year of the placement.
    select
        list.*, placements.local_authority_code,
        'K' || cast(placements.care_period_id as varchar), placements.child_id, null,
        placements.placement_start_date + cast(30 + 365 * n as integer),
        concat_ws(' ', list.need_type_code, placements.placement_id, n), people.date_of_birth
    from local_support_needs as list
    cross join world.placements as placements
    inner join people on placements.child_id = people.child_id
    cross join range(20) as years (n)
    where list.population = 'kinship_carer'
        and placements.placement_type_code in ('U1', 'U2', 'U3')
        and placements.placement_start_date + cast(30 + 365 * n as integer) < still(placements.placement_end_date)
        and placements.placement_start_date + cast(30 + 365 * n as integer) >= getvariable('detail_from')
        and draw('kinship review', concat_ws(' ', placements.placement_id, n)) < list.yearly_share
    union all
    -- Where high risk behaviour was scored.
    select
        list.*, courses.local_authority_code, courses.person_id, null, null, courses.baseline_date,
        concat_ws(' ', list.need_type_code, courses.key), courses.date_of_birth
    from local_support_needs as list
    inner join courses on courses.domain_code = 'high_risk_behaviour' and courses.first_score <= 2
    where list.population = 'high_risk'
),

planned as (
    select
        *,
        case
            when need_type_code = 'adult_transition' then birthday(date_of_birth, 18)
            when draw('started', key) < started_share then assessed_date + wait(days_to_support, 'support', key)
        end as begins_on,
        draw('planned', key) < planned_share as is_planned
    from found
    where assessed_date between getvariable('detail_from') and getvariable('as_at')
),

timed as (
    select
        *,
        case when is_planned then
            case
                when need_type_code = 'adult_transition' then assessed_date + 1
                else least(assessed_date + between_(0, 14, 'plan', key), coalesce(begins_on, assessed_date + 14))
            end
        end as plan_start_date,
        case when has_needed_by = 'Y' and draw('needed by', key) < 0.92 then assessed_date + between_(60, 150, 'needed by day', key) end
            as needed_by_date,
        case when is_planned and (need_type_code <> 'adult_transition' or draw('taken over', key) < started_share)
            then by_now(begins_on) end as support_start_date
    from planned
),

ended as (
    select
        *,
        case when support_start_date is not null and need_type_code not in ('equipment', 'adaptation', 'communication_aid', 'wheelchair',
            'adult_transition') then by_now(support_start_date + wait(210, 'support ends', key)) end as support_end_date
    from timed
)

select
    local_authority_code,
    row_number() over (order by local_authority_code, key) as support_item_id,
    person_id,
    child_id,
    need_type_code,
    assessment_id,
    assessed_date,
    by_now(plan_start_date) as plan_start_date,
    needed_by_date,
    legal_basis_code,
    case when service_code is not null then local_authority_code || '-' || service_code end as service_code,
    support_start_date,
    support_end_date,
    case
        when support_end_date is not null then 'met'
        when support_start_date is not null and has_needed_by = 'Y' then 'met'
        when support_start_date is not null then 'being_met'
        when begins_on is not null and begins_on > getvariable('as_at') then 'waiting'
        else one_of('waiting|not_met|not_met|declined|not_known', 'status', key)
    end as need_status_code,
    least(greatest(assessed_date, coalesce(support_end_date, support_start_date, assessed_date)) + between_(0, 40, 'status day', key),
        getvariable('as_at')) as status_date,
    case when support_end_date is not null and draw('closed', key) < 0.8 then support_end_date end as closed_date
from ended
order by support_item_id;

-- ---- family time ----

insert into world.family_contacts
with arrangements as (
    select
        people.local_authority_code, periods.child_id, contact_with_code, contact_mode_code, times_a_month,
        periods.period_start_date, periods.period_end_date,
        concat_ws(' ', periods.care_period_id, contact_with_code, contact_mode_code) as key
    from world.care_periods as periods
    inner join people on periods.child_id = people.child_id
    cross join (
        values
        ('parent', 'face_to_face', 2, 0.80), ('parent', 'phone_video', 4, 0.35), ('sibling', 'face_to_face', 1, 0.40),
        ('grandparent', 'face_to_face', 1, 0.18), ('other_family', 'letter_message', 1, 0.08), ('friend', 'phone_video', 2, 0.04)
    ) as kinds (contact_with_code, contact_mode_code, times_a_month, share)
    where not periods.is_short_breaks_only
        and draw('has contact', periods.care_period_id) < rate('local_contact_planned')
        and draw('contact', concat_ws(' ', periods.care_period_id, contact_with_code, contact_mode_code)) < share
),

numbered as (
    select *, row_number() over (order by local_authority_code, key) as contact_plan_id,
        -- Some arrangements work and some do not.
        least(1, greatest(0.2, rate('local_contact_held') + 0.12 * normal('contact works', key))) as held_share
    from arrangements
),

monthly as (
    select
        numbered.*,
        greatest(months.month_start_date, numbered.period_start_date) as from_date,
        least(last_day(months.month_start_date), still(numbered.period_end_date) - 1) as until_date,
        concat_ws(' ', numbered.key, months.month_start_date) as month_key
    from numbered
    inner join months
        on numbered.period_start_date <= last_day(months.month_start_date)
        and still(numbered.period_end_date) > months.month_start_date
        and last_day(months.month_start_date) <= getvariable('as_at')
),

planned as (
    select
        *,
        case when draw('none planned', month_key) < 0.03 then 0
            else greatest(1, cast(round(times_a_month * (until_date - from_date + 1) / 30.0) as integer))
        end as planned_count
    from monthly
    where until_date >= from_date
),

held as (
    select
        *,
        len(list_filter(range(planned_count), lambda t: draw('held', concat_ws(' ', month_key, t)) < held_share)) as held_count
    from planned
)

select
    local_authority_code,
    contact_plan_id,
    child_id,
    contact_with_code,
    contact_mode_code,
    from_date as period_start_date,
    until_date as period_end_date,
    planned_count,
    held_count,
    case when held_count < planned_count
        then one_of('family_did_not_attend|family_did_not_attend|child_refused|carer_unable|authority_unable|safety|other', 'not held', month_key)
    end as not_held_reason_code
from held
order by contact_plan_id, period_start_date;

-- ---- placements: terms and cost ----

create temp table placement_homes as
select
    placements.*,
    periods.period_start_date,
    people.date_of_birth,
    people.family_id,
    age_on(people.date_of_birth, placements.placement_start_date) as age_years,
    case
        when settings.setting_type in ('fostering_agency', 'fostering_service') or placements.placement_type_code in ('U3', 'U4', 'U5', 'U6')
            then 'F' || placements.local_authority_code || cast(cast(floor(draw('carer', placements.placement_id) * 4000) as integer) as varchar)
        when placements.setting_id is not null then 'H' || cast(placements.setting_id as varchar)
        -- Brothers and sisters with relatives live together.
        else 'K' || cast(people.family_id as varchar) || placements.placement_type_code
    end as carer_or_home_id,
    case
        when placements.placement_type_code in ('K1', 'K2', 'R1', 'S1', 'H5', 'R3', 'K3') then 'home'
        when placements.placement_type_code in ('U1', 'U2', 'U3') then 'kinship'
        when placements.placement_type_code like 'U%' then 'foster'
        when placements.placement_type_code in ('A3', 'A4', 'A5', 'A6') then 'adoptive'
        when placements.placement_type_code = 'P1' then 'parents'
        else 'other'
    end as setting_kind
from world.placements as placements
inner join world.care_periods as periods on placements.care_period_id = periods.care_period_id
inner join people on placements.child_id = people.child_id
left join world.settings_of_care as settings on placements.setting_id = settings.setting_id
where still(placements.placement_end_date) > getvariable('detail_from') - 366;

insert into world.placement_details
with sibling_groups as (
    select family_id, count(distinct child_id) as sibling_count
    from placement_homes
    group by family_id
),

termed as (
    select
        homes.*,
        sibling_count,
        if(setting_kind in ('foster', 'kinship', 'home'), draw('breach', placement_id) < rate('local_approval_breach'), false) as is_outside_terms,
        draw('terms', carer_or_home_id) as terms_draw
    from placement_homes as homes
    inner join sibling_groups using (family_id)
),

plans as (
    select
        *,
        case
            when sibling_count < 2 then null
            when draw('assessed together', family_id) < 0.12 then 'not_assessed'
            when draw('sibling plan', family_id) < 0.55 then 'together'
            else one_of('apart_assessed|apart_no_placement|apart_no_placement|apart_child_wish|apart_different_plan', 'apart', family_id)
        end as sibling_plan_code
    from termed
)

select
    local_authority_code,
    placement_id,
    child_id,
    placement_start_date,
    placement_end_date,
    carer_or_home_id,
    ofsted_urn,
    case when setting_kind in ('home', 'foster', 'kinship') then draw('registered', carer_or_home_id) >= rate('local_unregistered') end as is_registered,
    case setting_kind
        when 'home' then 60 when 'foster' then 1 + cast(floor(terms_draw * 3) as integer) when 'kinship' then greatest(1, sibling_count)
    end as approved_place_count,
    case when setting_kind in ('home', 'foster', 'kinship')
        then if(is_outside_terms, least(17, age_years + 2), greatest(0, least(age_years, cast(floor(terms_draw * 8) as integer)))) end
        as approved_minimum_age,
    case when setting_kind in ('home', 'foster', 'kinship') then 17 end as approved_maximum_age,
    case setting_kind
        when 'home' then 'long_term|short_term|emergency'
        when 'foster' then if(terms_draw < 0.5, 'long_term|short_term|permanence', 'short_term|emergency|short_break|long_term')
        when 'kinship' then 'kinship'
    end as approved_use_codes,
    case setting_kind
        when 'home' then one_of('long_term|short_term|emergency', 'use', placement_id)
        when 'foster' then one_of(
            if(draw('other use', placement_id) < 0.02, 'remand|parent_and_child', if(terms_draw < 0.5, 'long_term|short_term|permanence', 'short_term|emergency|long_term')),
            'use', placement_id)
        when 'kinship' then 'kinship'
        when 'adoptive' then 'permanence'
        when 'parents' then 'other'
    end as placement_use_code,
    case when is_outside_terms and draw('exempt', placement_id) < 0.5 then placement_start_date end as exemption_start_date,
    case when is_outside_terms and draw('exempt', placement_id) < 0.5 then by_now(placement_start_date + 90) end as exemption_end_date,
    case when sibling_count >= 2 then family_id end as sibling_group_id,
    sibling_plan_code
from plans
order by placement_id;

insert into world.placement_costs
with priced as (
    select
        *,
        case setting_kind when 'home' then 5600 when 'foster' then 720 when 'kinship' then 310 when 'other' then 2100 else 0 end
            * exp(0.25 * normal('price', carer_or_home_id)) as first_price
    from placement_homes
    where setting_kind in ('home', 'foster', 'kinship', 'other')
),

priced_years as (
    -- Prices go up each April.
    select
        priced.*,
        greatest(placement_start_date, if(n = 0, placement_start_date, make_date(return_year(placement_start_date) - 1 + n, 4, 1)))
            as cost_start_date,
        make_date(return_year(placement_start_date) + n, 4, 1) as next_april,
        n
    from priced
    cross join range(25) as years (n)
)

select
    local_authority_code,
    placement_id,
    child_id,
    placement_start_date,
    cost_start_date,
    case when least(next_april, still(placement_end_date)) <= getvariable('as_at') then least(next_april, still(placement_end_date)) end as cost_end_date,
    case when setting_kind in ('home', 'foster') and placement_provider_code not in ('PR0', 'PR1')
        then coalesce(ofsted_urn, 'AG' || right(carer_or_home_id, 3)) end as provider_code,
    case
        when setting_kind = 'kinship' or placement_provider_code = 'PR1' then 'in_house'
        else one_of('framework|framework|spot|block', 'bought', carer_or_home_id)
    end as procurement_code,
    round(first_price * pow(1.06, return_year(cost_start_date) - 2026), 2) as weekly_cost_gbp,
    case when draw('health pays', placement_id) < 0.05 and setting_kind = 'home' then round(first_price * 0.2, 2) end as weekly_health_gbp,
    case when draw('education pays', placement_id) < 0.12 and setting_kind = 'home' then round(first_price * 0.3, 2) end as weekly_education_gbp
from priced_years
where cost_start_date < still(placement_end_date)
    and cost_start_date <= getvariable('as_at')
    and (n = 0 or cost_start_date > placement_start_date)
order by placement_id, cost_start_date;

-- ---- incidents: those with a record of their own; missing and offences are kept with the lives ----

insert into world.incidents
with happened as (
    select
        list.*,
        child_months.local_authority_code,
        child_months.child_id,
        child_months.family_id,
        concat_ws(' ', list.incident_type_code, list.population, child_months.child_id, child_months.month_start_date) as key,
        least(child_months.month_start_date + between_(0, 27, 'incident day', concat_ws(' ', list.incident_type_code, child_months.child_id,
            child_months.month_start_date)), getvariable('as_at')) as incident_date,
        placement.placement_type_code
    from local_incidents as list
    inner join child_months
        on child_months.service_status_code = case
            when list.population in ('residential', 'foster_or_residential') then 'looked_after' else list.population end
        and child_months.age_years between list.minimum_age and list.maximum_age
        and (list.sex is null or child_months.sex_code = list.sex)
    left join world.placements as placement
        on child_months.care_period_id = placement.care_period_id
        and placement.placement_start_date <= child_months.month_start_date
        and still(placement.placement_end_date) > child_months.month_start_date
    where draw('incident', concat_ws(' ', list.incident_type_code, list.population, child_months.child_id, child_months.month_start_date))
        < list.yearly_rate / 12
        and case list.population
            when 'residential' then placement.placement_type_code in ('K2', 'K1', 'R1', 'S1', 'H5')
            when 'foster_or_residential' then placement.placement_type_code not in ('P1')
            else true
        end
    qualify row_number() over (
        partition by list.incident_type_code, list.population, child_months.child_id, child_months.month_start_date
        order by placement.placement_start_date
    ) = 1
    union all
    -- How some of the young people died who were known to a service when they did.
    select
        list.*, people.local_authority_code, people.child_id, people.family_id, concat_ws(' ', list.incident_type_code, people.child_id),
        people.date_of_death, null
    from local_incidents as list
    inner join people
        on age_on(people.date_of_birth, people.date_of_death) between list.minimum_age and list.maximum_age
        and people.date_of_death between getvariable('detail_from') and getvariable('as_at')
    where list.population = 'died'
        and draw('how', people.child_id) < list.yearly_rate
        and exists (
            select 1 from spells
            where spells.child_id = people.child_id
                and spells.service_status_code <> 'care_leaver'
                and spells.spell_start_date <= people.date_of_death
                and still(spells.spell_end_date) >= people.date_of_death
        )
),

numbered as (
    select *, 'I' || cast(row_number() over (order by local_authority_code, incident_date, key) as varchar) as incident_id
    from happened
    where exists (
        select 1 from spells
        where spells.child_id = happened.child_id
            and spells.spell_start_date <= happened.incident_date
            and still(spells.spell_end_date) > happened.incident_date
    )
    or happened.incident_type_code = 'suicide'
)

select
    numbered.local_authority_code,
    numbered.incident_id,
    involved.involvement_number,
    numbered.incident_type_code,
    involved.child_id,
    numbered.family_id,
    if(involved.involvement_number = 1, one_of(roles, 'role', key), 'witness') as incident_role_code,
    numbered.incident_date,
    case when has_spell = 'Y' then numbered.incident_date + interval 20 hour end as started_at,
    case when has_spell = 'Y' then case when numbered.incident_date + wait(20, 'homeless', key) <= getvariable('as_at')
        then numbered.incident_date + wait(20, 'homeless', key) + interval 9 hour end end as ended_at,
    one_of(settings, 'setting', key) as incident_setting_code,
    one_of(agencies, 'agency', key) as recorded_by_agency_code,
    null as offence_outcome_code,
    case when draw('follow up', key) < follow_up_share then by_now(numbered.incident_date + between_(1, 12, 'follow up day', key)) end as follow_up_date
from numbered
cross join lateral (
    select 1 as involvement_number, numbered.child_id as child_id
    union all
    -- Brothers and sisters who saw it.
    select 2, min(siblings.child_id)
    from people as siblings
    where numbered.incident_type_code = 'home_violence'
        and siblings.family_id = numbered.family_id
        and siblings.child_id <> numbered.child_id
        and siblings.date_of_birth < numbered.incident_date - 1500
        and siblings.date_of_birth > numbered.incident_date - 6000
        and siblings.last_day_here > numbered.incident_date
    having count(*) > 0
) as involved
order by numbered.incident_id, involved.involvement_number;
