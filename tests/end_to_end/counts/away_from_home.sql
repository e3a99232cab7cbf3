select 'pif_1_h_4', happened.local_authority_code, period_id, count(distinct incident_id), null
from years
inner join world.incidents as happened on incident_date between first_day and last_day
inner join away_from_home
    on happened.child_id = away_from_home.child_id
    and episode_start_date <= incident_date and coalesce(episode_end_date > incident_date, true)
inner join (select child_id, sex_code, date_of_birth from world.residents) as residents
    on happened.child_id = residents.child_id
where incident_type_code = 'pregnancy' and sex_code = 'F'
    and date_sub('year', date_of_birth, incident_date) between 13 and 15
group by all;

-- Begun in the year to 28 days before the last day, and lasted 28 days.
select 'pif_1_h_1', stays.local_authority_code, period_id,
    count(*) filter (where exists (
        select 1 from world.health_checks as checks
        where checks.child_id = stays.child_id and check_type_code = 'initial'
            and check_status_code = 'completed' and check_date - begins between 0 and 28
    )), count(*)
from years
inner join stays on begins between first_day - 28 and last_day - 28
where ends - begins >= 28
group by all;

-- Who came home sooner than the days is in neither number. Of starts before the first return, and of
-- a year in which nobody was to be adopted, whose return came without a row, nothing is known.
select 'pif_1_n_5_' || part, stays.local_authority_code, period_id,
    count(*) filter (where is_permanent), count(*)
from years
cross join (values ('a', 0, 4, 1, 365), ('b', 5, 17, 2, 730))
    as parts (part, age_from, age_to, years_before, days)
inner join (
    select stays.*, date_of_birth
    from stays
    inner join (select child_id, date_of_birth from world.residents) using (child_id)
) as stays
    on begins > last_day - to_years(years_before + 1) and begins <= last_day - to_years(years_before)
    and date_sub('year', date_of_birth, begins) between age_from and age_to
cross join lateral (
    select exists (
        select 1 from away_from_home as lived_in
        where lived_in.child_id = stays.child_id
            and episode_start_date - begins between 0 and days
            and placement_type_code in ('A3', 'A4', 'A5', 'A6', 'U1', 'U4')
    ) or exists (
        select 1 from care
        where care.care_period_id = stays.care_period_id
            and period_end_date - begins between 0 and days
            and period_end_reason_code in ('E11', 'E12', 'E41', 'E45', 'E46', 'E47', 'E48')
    ) as is_permanent
)
cross join world.settings
where (is_permanent or ends - begins >= days)
    and last_day - to_years(years_before + 1) >= written_from - 1
    and exists (
        select 1 from world.adoption_journeys as journeys
        inner join (
            select care_period_id, period_start_date, period_end_date from world.care_periods
        ) using (care_period_id)
        where journeys.local_authority_code = stays.local_authority_code
            and adoption_decision_date <= last_day and period_start_date <= last_day
            and coalesce(decision_reversed_date >= first_day, true)
            and coalesce(period_end_date >= first_day, true)
    )
group by all;

-- Home from care, or to a placement with the parents; what the 183 days after it held is not known
-- before they are over.
select 'pif_1_n_3', returned.local_authority_code, period_id,
    count(*) filter (where not exists (
        select 1 from away_from_home
        where away_from_home.child_id = returned.child_id
            and placement_type_code not in ('T0', 'T1', 'T2', 'T3', 'T4')
            and episode_start_date <= on_day + 183 and coalesce(episode_end_date > on_day, true)
    )), count(*)
from years
inner join (
    select stays.local_authority_code, stays.child_id, ends as on_day
    from stays
    inner join care using (care_period_id)
    where (period_end_date is null or ends < period_end_date or period_end_reason_code in ('E4A', 'E4B'))
        and ends < date '9999-12-31' and date_of_birth + interval 210 month > ends
        and exists (
            select 1 from world.care_episodes as later
            where later.care_period_id = stays.care_period_id
                and (later.episode_start_date = ends and placement_type_code = 'P1'
                    or period_end_date = ends)
        )
) as returned
    on on_day > last_day - interval 18 month and on_day <= last_day - interval 6 month
cross join world.settings
where on_day + 183 <= as_at
group by all;

-- The latest state of a need is held; what a carer's review said before it is not known.
select 'pif_1_n_2', local_authority_code, period_id,
    count(*) filter (where is_met), count(is_met)
from (
    select away_on_day.period_id, away_on_day.local_authority_code, away_on_day.child_id,
        case
            when count(reviewed.child_id) = 0
                or bool_or(status_date <= last_day
                    and need_status_code in ('not_met', 'waiting', 'declined')) then false
            when bool_or(status_date > last_day or need_status_code = 'not_known') then null
            else true
        end as is_met
    from away_on_day
    left join world.support_plans as reviewed
        on away_on_day.child_id = reviewed.child_id and need_type_code = 'kinship_carer'
        and assessed_date <= last_day and status_date >= first_day
        and coalesce(closed_date >= first_day, true)
    where placement_type_code in ('U1', 'U2', 'U3')
    group by all
)
group by all;

create temp view needs_on_day as
select years.*, needs.*,
    case
        when status_date > last_day then coalesce(support_start_date <= last_day, false)
        when need_status_code in ('met', 'being_met') then true
        when need_status_code <> 'not_known' then false
    end as is_met
from years
inner join world.support_plans as needs on assessed_date <= last_day;

create temp view assessed_health as
select years.*, checks.*, person_id
from years
inner join world.health_checks as checks
    on check_date <= last_day and check_status_code = 'completed'
inner join (select child_id, person_id from world.children) using (child_id);

-- One need that is not met decides, then one that is not known.
select indicator_id, local_authority_code, period_id,
    count(*) filter (where is_met), count(is_met)
from (
    select 'pif_1_h_2' as indicator_id, period_id, found.local_authority_code, found.child_id,
        case when bool_or(not is_met) then false when count(is_met) = count(*) then true end as is_met
    from away_on_day
    inner join assessed_health as found using (period_id, child_id)
    inner join needs_on_day as needs using (period_id, person_id)
    where found.check_date >= found.first_day and needs.assessment_id = 'HC' || health_check_id
    group by all
    union all
    select 'rees_child_mental_health_needs_met', period_id, known.local_authority_code, known.child_id,
        case when bool_or(not is_met) then false when count(is_met) = count(*) then true end
    from known
    inner join (
        select period_id, child_id, person_id,
            arg_max(health_check_id, (check_date, health_check_id)) as health_check_id
        from assessed_health
        where check_type_code in ('initial', 'review', 'mental_health')
        group by all
    ) as found using (period_id, child_id)
    inner join needs_on_day as needs using (period_id, person_id)
    where assessment_id = 'HC' || health_check_id and need_type_code = 'mental_health'
        and coalesce(closed_date > known.last_day, true)
    group by all
)
group by all;

select 'pif_1_n_8', local_authority_code, period_id,
    count(*) filter (where 10 * held >= 9 * planned), count(held)
from (
    select period_id, local_authority_code, child_id, sum(planned) as planned,
        case when count(held) = count(*) then sum(held) end as held
    from (
        select period_id, away_on_day.local_authority_code, child_id, contacts.period_start_date,
            sum(planned_count) as planned,
            case when count(held_count) = count(*) then least(sum(held_count), sum(planned_count)) end
                as held
        from away_on_day
        inner join (
            select child_id, contact_with_code, period_start_date, planned_count, held_count
            from world.family_contacts
            where contact_with_code <> 'friend' and planned_count > 0
        ) as contacts
            using (child_id)
        where contacts.period_start_date > last_day - 183 and contacts.period_start_date <= last_day
        group by all
    )
    group by all
)
group by all;

-- More children than approved, another age or another use, where nothing exempts; or no
-- registration.
select 'pif_1_n_9', local_authority_code, period_id, count(*) filter (where is_outside),
    count(is_outside)
from (
    select lived_in.period_id, lived_in.local_authority_code, lived_in.child_id,
        not is_registered or not is_exempt and (
            child_count > approved_place_count or age < approved_minimum_age
            or age > approved_maximum_age
            or not list_contains(string_split(approved_use_codes, '|'), placement_use_code)
        ) as is_outside
    from (
        select away_on_day.*, details.* exclude (local_authority_code, placement_id, child_id),
            date_sub('year', date_of_birth, last_day) as age,
            coalesce(exemption_start_date <= last_day
                and coalesce(exemption_end_date > last_day, true), false) as is_exempt
        from away_on_day
        inner join world.placement_details as details using (placement_id)
        where placement_type_code in ('U1', 'U2', 'U3', 'U4', 'U5', 'U6', 'K1', 'K2', 'K3', 'R1', 'R3',
            'S1', 'H5')
    ) as lived_in
    inner join (
        select period_id, local_authority_code, carer_or_home_id, count(distinct child_id) as child_count
        from years
        inner join world.placement_details
            on placement_start_date <= last_day and coalesce(placement_end_date > last_day, true)
        group by all
    ) as carers
        on lived_in.period_id = carers.period_id
        and lived_in.local_authority_code = carers.local_authority_code
        and lived_in.carer_or_home_id = carers.carer_or_home_id
)
group by all;

-- On the last day, or on the day the last of them came; families are listed without those who have
-- grown out of them since.
with groups as (
    select period_id, last_day, away_on_day.local_authority_code, family_id, child_id,
        max(begins) over (partition by period_id, family_id) as came,
        count(*) over (partition by period_id, family_id) as sibling_count
    from away_on_day
    inner join (
        select child_id, family_id from world.family_members where left_date is null
    ) using (child_id)
    inner join (
        select child_id, begins, ends from stays
    ) using (child_id)
    where begins <= last_day and ends > last_day
)

select 'pif_1_n_6', local_authority_code, period_id, count(*) filter (where is_together), count(*)
from (
    select period_id, local_authority_code, family_id, bool_or(is_together) as is_together
    from (
        select period_id, groups.local_authority_code, groups.family_id, on_day,
            count(distinct carer_or_home_id) = 1 as is_together
        from groups
        cross join lateral (select unnest([came, last_day]) as on_day)
        inner join world.placement_details as details
            on groups.child_id = details.child_id
            and placement_start_date <= on_day and coalesce(placement_end_date > on_day, true)
        where sibling_count > 1
        group by all
    )
    group by all
)
group by all;

-- Five days of offences in half a year, the fifth in it, of which all were away.
select 'pif_1_r_3', local_authority_code, period_id,
    count(*) filter (where exists (
        select 1
        from world.offences as fifth
        where fifth.child_id = lived.child_id and fifth.offence_date between first_day and last_day
            and (
                select count(distinct offence_date)
                from world.offences as before
                where before.child_id = fifth.child_id
                    and fifth.offence_date - before.offence_date between 0 and 182
                    and exists (
                        select 1 from away_from_home
                        where away_from_home.child_id = before.child_id
                            and episode_start_date <= before.offence_date
                            and coalesce(episode_end_date > before.offence_date, true)
                    )
            ) >= 5
    )), count(*)
from (
    select distinct period_id, first_day, last_day, away_from_home.local_authority_code, child_id
    from years
    inner join away_from_home
        on episode_start_date <= last_day and coalesce(episode_end_date > first_day, true)
    inner join (select child_id, date_of_birth from world.residents) using (child_id)
    where date_of_birth + interval 10 year <= least(last_day, coalesce(episode_end_date - 1, last_day))
        and date_of_birth + interval 18 year > greatest(first_day, episode_start_date)
) as lived
group by all;
