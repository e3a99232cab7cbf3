-- A figure of 2025-26 is of the school year that ended in it, 2024/25, and of the children of the
-- 31 March in that school year.
create temp view known_in_school_year as
select years.period_id, known.* exclude (period_id), known.reporting_year as academic_year
from known
inner join years on known.reporting_year = years.reporting_year - 1;

select unnest(['rees_child_education_engaged_persistent_absence',
    'rees_child_education_engaged_overall_absence']), local_authority_code, period_id,
    unnest([count(*) filter (where 10 * missed >= possible), cast(sum(missed) as bigint)]), count(*)
from (
    select period_id, known.local_authority_code, known.child_id,
        sum(sessions_possible) as possible,
        sum(sessions_authorised) + sum(sessions_unauthorised) as missed
    from known_in_school_year as known
    inner join (select child_id, person_id, date_of_birth from world.children) as people
        using (child_id)
    inner join world.education_attendance as attendance
        on people.person_id = attendance.person_id
        and attendance.academic_year = known.academic_year
    -- Of compulsory school age: five to fifteen when the school year begins.
    where date_of_birth + interval 5 year <= make_date(known.academic_year - 1, 8, 31)
        and date_of_birth + interval 16 year > make_date(known.academic_year - 1, 8, 31)
    group by all
)
where possible > 0
group by all;

select 'rees_child_education_stable_positive_suspended', local_authority_code, period_id,
    count(*) filter (where is_suspended), count(*)
from (
    select period_id, known.local_authority_code, known.child_id, exists (
        select 1 from world.education_exclusions as excluded
        where excluded.person_id = people.person_id
            and exclusion_category_code in ('SUSP', 'FIXD')
            and exclusion_start_date >= make_date(academic_year - 1, 9, 1)
            and exclusion_start_date < make_date(academic_year, 9, 1)
    ) as is_suspended
    from known_in_school_year as known
    inner join (select child_id, person_id from world.children) as people using (child_id)
    where exists (
        select 1 from world.education_enrolments as enrolled
        where enrolled.person_id = people.person_id
            and setting_type_code in (
                'primary', 'secondary', 'all_through', 'special_school', 'alternative_provision')
            and entry_date < make_date(academic_year, 9, 1)
            and coalesce(leaving_date >= make_date(academic_year - 1, 9, 1), true)
    )
)
group by all;

select unnest(['rees_child_education_progress_ks2_expected',
    'rees_child_education_progress_attainment8']), in_care_all_year.local_authority_code,
    years.period_id, unnest([
        count(*) filter (where result_code = 'met'),
        cast(round(sum(result_value), 4) as double)
    ]),
    unnest([
        count(*) filter (where measure_code = 'rwm_expected'),
        count(*) filter (where measure_code = 'attainment8')
    ])
from in_care_all_year
inner join years on in_care_all_year.reporting_year = years.reporting_year - 1
inner join (select child_id, person_id from world.children) as people using (child_id)
inner join world.education_results as results
    on people.person_id = results.person_id
    and results.academic_year = in_care_all_year.reporting_year
where (stage_code, measure_code) in (('ks2', 'rwm_expected'), ('ks4', 'attainment8'))
group by all;

-- Terms end on 31 December, 31 March and 31 July, and the next begins the day after.
create temp view terms as
select
    make_date(year_, month_, 1) as begins,
    last_day(make_date(year_, month_, 1) + to_months(months - 1)) as ends
from range(2018, 2027) as years (year_)
cross join (values (1, 3), (4, 4), (8, 5)) as lengths (month_, months);

-- Of the spring term, that the last day of the year lies in.
create temp view small_children as
select
    known.*,
    date_sub('year', date_of_birth, make_date(reporting_year, 1, 1)) as age,
    exists (
        select 1 from world.education_enrolments as held
        where held.person_id = people.person_id and funded_weekly_hours > 0
            and entry_date <= last_day and coalesce(leaving_date > make_date(reporting_year, 1, 1), true)
            and setting_type_code = 'early_years'
    ) as is_funded,
    exists (
        select 1 from world.education_enrolments as held
        where held.person_id = people.person_id
            and entry_date <= last_day and coalesce(leaving_date > make_date(reporting_year, 1, 1), true)
            and setting_type_code <> 'early_years'
    ) as is_at_school
from known
inner join (select child_id, person_id, date_of_birth from world.children) as people
    using (child_id);

select 'rees_child_early_education_take_up_2', local_authority_code, period_id,
    count(*) filter (where is_funded), count(*)
from small_children where age = 2 group by all;

select 'rees_child_early_education_take_up_3_4', local_authority_code, period_id,
    count(*) filter (where is_funded), count(*)
from small_children where age in (3, 4) and not is_at_school group by all;

-- First funded places of the three terms up to the summer, of children known on that day.
select 'rees_child_early_education_sustained', firsts.local_authority_code, period_id,
    count(*) filter (where (
        select count(*) from (
            select begins from terms where begins > first_date order by begins limit 2
        ) as later
        inner join terms using (begins)
        where exists (
            select 1 from world.education_enrolments as held
            where held.person_id = firsts.person_id
                and (funded_weekly_hours > 0 or setting_type_code <> 'early_years')
                and entry_date <= terms.ends
                and coalesce(leaving_date > terms.begins, true)
        )
    ) = 2), count(*)
from (
    select local_authority_code, person_id, min(entry_date) as first_date
    from world.education_enrolments where funded_weekly_hours > 0 group by all
) as firsts
inner join years
    on first_date between make_date(reporting_year - 2, 8, 1) and make_date(reporting_year - 1, 7, 31)
inner join (select child_id, person_id from world.children) as people using (person_id)
where exists (
    select 1 from (
        select child_id, referral_date as begins, closure_date as ends from counts.in_need
        union all
        select child_id, plan_start_date, plan_end_date from world.protection_plans
        union all
        select child_id, period_start_date, period_end_date from care
    ) as helped
    where helped.child_id = people.child_id
        and begins <= first_date and coalesce(ends > first_date, true)
)
group by all;

-- Autumn against the autumn before: 90% or more, or five points more, where it was below 90%.
select 'rees_child_education_engaged_attendance_improved', local_authority_code, period_id,
    count(*) filter (where now_share >= 90 or now_share - before_share >= 5), count(*)
from (
    select known.period_id, known.local_authority_code, known.child_id,
        100 - 100.0 * sum(missed) filter (where academic_year = reporting_year)
        / sum(sessions_possible) filter (where academic_year = reporting_year) as now_share,
        100 - 100.0 * sum(missed) filter (where academic_year = reporting_year - 1)
        / sum(sessions_possible) filter (where academic_year = reporting_year - 1) as before_share
    from known
    inner join (select child_id, person_id from world.children) as people using (child_id)
    inner join (
        select person_id, academic_year, sessions_possible,
            sessions_authorised + sessions_unauthorised as missed
        from world.education_attendance where term_code = 'AUT'
    ) as attendance using (person_id)
    group by all
)
where before_share < 90 and now_share is not null
group by all;

select 'rees_child_education_progress_progress_made', known.local_authority_code, period_id,
    count(*) filter (where now.result_code in ('expected', 'above')), count(*)
from known
inner join (select child_id, person_id from world.children) as people using (child_id)
inner join world.education_results as now
    on people.person_id = now.person_id and now.academic_year = reporting_year - 1
inner join world.education_results as before
    on people.person_id = before.person_id and before.academic_year = reporting_year - 2
where now.measure_code = 'teacher_progress' and before.measure_code = 'teacher_progress'
group by all;

-- Key stages 2 and 4 of the school year, and level 2 of those who turned 19.
select 'pif_1_ach_3', local_authority_code, period_id, count(*) filter (where result_code = 'met'),
    count(*)
from (
    select years.period_id, in_care_all_year.local_authority_code, child_id, result_code
    from in_care_all_year
    inner join years on in_care_all_year.reporting_year = years.reporting_year - 1
    inner join (select child_id, person_id from world.children) as people using (child_id)
    inner join world.education_results as results
        on people.person_id = results.person_id
        and results.academic_year = in_care_all_year.reporting_year
    where measure_code in ('rwm_expected', 'english_maths_grade_4')
    union all
    select period_id, leavers.local_authority_code, leavers.child_id, result_code
    from years
    inner join world.care_leavers as leavers on return_year = reporting_year
    inner join (select child_id, person_id from world.children) as people using (child_id)
    inner join world.education_results as results
        on people.person_id = results.person_id and academic_year <= reporting_year
    where age_turned = 19 and measure_code = 'level_2' and contact_code not in ('DIED', 'RHOM')
)
group by all;

create temp view on_roll as
select child_id, entry_date, leaving_date
from world.education_enrolments
inner join (select child_id, person_id from world.children) using (person_id)
where setting_type_code in (
    'primary', 'secondary', 'all_through', 'special_school', 'alternative_provision');

-- Of compulsory school age on the 31 August before; August and September are the time of transfer.
select 'rees_child_education_stable_positive_mid_year_move', local_authority_code, period_id,
    count(*) filter (where exists (
        select 1 from on_roll
        where on_roll.child_id = in_care.child_id
            and entry_date between first_day and last_day and month(entry_date) not in (8, 9)
            and entry_date >= (
                select min(period_start_date) from care
                where care.child_id = in_care.child_id and period_start_date <= last_day
                    and coalesce(period_end_date > first_day, true)
            )
    )), count(*)
from in_care
where date_sub('year', date_of_birth, make_date(reporting_year - 1, 8, 31)) between 5 and 15
    and exists (
        select 1 from on_roll
        where on_roll.child_id = in_care.child_id and entry_date <= last_day
            and coalesce(leaving_date > first_day, true)
    )
group by all;

select 'rees_child_education_stable_positive_moves_since_start', local_authority_code, period_id,
    sum((
        select count(*) from on_roll
        where on_roll.child_id = helped.child_id and entry_date between begins and last_day
            and month(entry_date) not in (8, 9)
    )), count(*)
from (
    select period_id, reporting_year, last_day, local_authority_code, child_id,
        period_start_date as begins
    from in_care
    union all
    select period_id, reporting_year, last_day, local_authority_code, child_id, plan_start_date
    from on_plan
    where not exists (
        select 1 from in_care
        where in_care.period_id = on_plan.period_id and in_care.child_id = on_plan.child_id
    )
) as helped
inner join (select child_id, date_of_birth from world.residents) as residents using (child_id)
where date_sub('year', date_of_birth, make_date(reporting_year - 1, 8, 31)) between 5 and 15
    and exists (
        select 1 from on_roll
        where on_roll.child_id = helped.child_id and entry_date <= begins
            and coalesce(leaving_date > begins, true)
    )
group by all;

-- On a plan on a day of the school year that ended in the year.
select 'torfaen_bullying_recorded', local_authority_code, period_id, count(*) filter (where exists (
        select 1 from world.incidents as happened
        where happened.child_id = planned.child_id and incident_type_code = 'bullying'
            and incident_role_code = 'victim' and incident_setting_code = 'school'
            and incident_date between year_begins and year_ends
    )), count(*)
from (
    select distinct period_id, plans.local_authority_code, child_id,
        make_date(reporting_year - 2, 9, 1) as year_begins,
        make_date(reporting_year - 1, 8, 31) as year_ends
    from years
    inner join world.protection_plans as plans
        on plan_start_date <= make_date(reporting_year - 1, 8, 31)
        and coalesce(plan_end_date > make_date(reporting_year - 2, 9, 1), true)
) as planned
where exists (
    select 1 from on_roll
    where on_roll.child_id = planned.child_id and entry_date <= year_ends
        and coalesce(leaving_date > year_begins, true)
)
group by all;
