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
